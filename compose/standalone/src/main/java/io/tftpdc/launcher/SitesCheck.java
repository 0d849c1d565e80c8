package io.tftpdc.launcher;

import io.tftpdc.launcher.SmallTftpRead.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Waits until a file that each site has just published comes back over TFTP from every site, which goes through every
 * link.
 */
final class SitesCheck extends Check {

    /** New topics are found every few seconds; a MirrorMaker that was started before its peer tries again by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Duration ONE_PUBLISH = Duration.ofSeconds(30);
    private static final Duration ONE_READ = Duration.ofSeconds(2);

    private final List<SitesStatus.Site> sites;
    private final Map<String, byte[]> published = new LinkedHashMap<>();

    SitesCheck(List<SitesStatus.Site> sites, LaunchLog out) {
        super(PATIENCE, out);
        this.sites = List.copyOf(sites);
    }

    @Override
    public String detail() {
        return "what each site publishes comes from all of them";
    }

    @Override
    String complaint() {
        return "Every site serves, but not what the others publish (what MirrorMaker says is in DIR/SITE/logs/tftpdc.log)";
    }

    @Override
    void prepare() throws LaunchException, IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (SitesStatus.Site site : sites) {
                String path = "sites/" + site.name() + ".txt";
                byte[] content =
                        (site.name() + " was started at " + Instant.now() + "\n").getBytes(StandardCharsets.UTF_8);
                publish(http, site, path, content);
                published.put(path, content);
            }
        }
    }

    @Override
    public void close() {}

    private static void publish(HttpClient http, SitesStatus.Site site, String path, byte[] content)
            throws LaunchException, IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(site.rest().resolve("/api/v1/tenants/default/files/" + path))
                        .timeout(ONE_PUBLISH)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new LaunchException(String.format(
                    Locale.ROOT,
                    "%s does not take %s: %d %s",
                    site.name(),
                    path,
                    response.statusCode(),
                    response.body()));
        }
    }

    @Override
    List<String> missing() throws IOException {
        List<String> missing = new ArrayList<>();
        for (SitesStatus.Site site : sites) {
            for (Map.Entry<String, byte[]> file : published.entrySet()) {
                Answer answer = SmallTftpRead.read(
                        new InetSocketAddress(site.tftpHost(), site.tftpPort()), file.getKey(), ONE_READ);
                if (!(answer instanceof Answer.Content content && Arrays.equals(content.bytes(), file.getValue()))) {
                    missing.add(file.getKey() + " does not come from " + site.name());
                }
            }
        }
        return missing;
    }
}
