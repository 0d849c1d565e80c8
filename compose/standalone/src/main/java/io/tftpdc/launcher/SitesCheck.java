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
 * link. The last thing before {@code ready}.
 */
final class SitesCheck implements Component {

    /** New topics are found every few seconds; a MirrorMaker that was started before its peer tries again by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Duration ONE_PUBLISH = Duration.ofSeconds(30);
    private static final Duration ONE_READ = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    private final List<SitesStatus.Site> sites;
    private String detail = "";

    SitesCheck(List<SitesStatus.Site> sites) {
        this.sites = List.copyOf(sites);
    }

    @Override
    public String name() {
        return "check";
    }

    @Override
    public String detail() {
        return detail;
    }

    @Override
    public void start() throws LaunchException, IOException, InterruptedException {
        long begin = System.nanoTime();
        Map<String, byte[]> published = new LinkedHashMap<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (SitesStatus.Site site : sites) {
                String path = "sites/" + site.name() + ".txt";
                byte[] content =
                        (site.name() + " was started at " + Instant.now() + "\n").getBytes(StandardCharsets.UTF_8);
                publish(http, site, path, content);
                published.put(path, content);
            }
        }
        List<String> missing = missing(published);
        while (!missing.isEmpty()) {
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new LaunchException("Every site serves, but " + PATIENCE.toSeconds()
                        + " s after it was published " + String.join("; ", missing)
                        + ". What MirrorMaker says is in DIR/SITE/logs/tftpdc.log");
            }
            Thread.sleep(BETWEEN_TRIES);
            missing = missing(published);
        }
        detail = "what each site publishes comes from all of them";
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

    private List<String> missing(Map<String, byte[]> published) throws IOException {
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
