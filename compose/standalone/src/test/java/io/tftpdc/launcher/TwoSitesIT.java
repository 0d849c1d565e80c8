package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.cli.TftpdcCommand;
import io.tftpdc.launcher.SmallTftpRead.Answer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Two whole sites as a newcomer runs them: real processes, a real mirror each, and the demonstration of a partition. */
class TwoSitesIT {

    private static final Duration SERVED_WITHIN = Duration.ofSeconds(30);
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(90);

    @TempDir
    private Path data;

    @Test
    void whatOneSiteTakesTheOtherServesAndAPartitionHeals() throws Exception {
        SitesOptions options = SitesOptionsTest.free(2, 20261126);
        List<ProcessHandle> tree;
        try (StandaloneProcess sites = StandaloneProcess.startSites(data, 2, SitesOptionsTest.offset(options))
                .awaitReady()) {
            tree = sites.tree();
            // this process, and of each site the application, its Kafka and its MirrorMaker
            assertThat(tree).hasSize(7);

            byte[] file = new byte[500];
            new Random(1).nextBytes(file);
            publish(options.sites().get(0), "boot/first.bin", file);
            awaitServed(options.sites().get(1), "boot/first.bin", file);

            StringWriter said = new StringWriter();
            CommandLine command =
                    TftpdcCommand.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
            int status = command.execute("demo", "partition", "--control", "http://127.0.0.1:" + options.sitesPort());

            assertThat(status).as("%s", said).isZero();
            assertThat(said.toString())
                    .contains("is parted from", "differ", "equal after", "byte for byte the same")
                    .contains("demo/both-1.txt", "demo/both-2.txt", "demo/both-3.txt");
            assertThat(get("http://127.0.0.1:" + options.sitesPort() + "/sites"))
                    .contains("\"up\"")
                    .doesNotContain("\"cut\"");

            sites.killApplicationOnly();
            awaitEnd(tree);
        }
    }

    private static void awaitEnd(List<ProcessHandle> tree) throws InterruptedException {
        Instant deadline = Instant.now().plus(ENDED_WITHIN);
        while (tree.stream().anyMatch(ProcessHandle::isAlive)) {
            assertThat(Instant.now())
                    .as(
                            "all end by themselves once the first of them is gone; left: %s",
                            tree.stream()
                                    .filter(ProcessHandle::isAlive)
                                    .map(process -> process.info().toString())
                                    .toList())
                    .isBefore(deadline);
            Thread.sleep(Duration.ofMillis(100));
        }
    }

    private static void publish(StandaloneOptions site, String path, byte[] content) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                    + site.ports().http() + "/api/v1/tenants/default/files/" + path))
                            .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        }
    }

    private static void awaitServed(StandaloneOptions site, String path, byte[] expected) throws Exception {
        InetSocketAddress tftp = new InetSocketAddress("127.0.0.1", site.ports().tftp());
        Instant deadline = Instant.now().plus(SERVED_WITHIN);
        Answer answer = SmallTftpRead.read(tftp, path, Duration.ofSeconds(2));
        while (!(answer instanceof Answer.Content content && Arrays.equals(content.bytes(), expected))) {
            assertThat(Instant.now())
                    .as("%s from %s: %s", path, site.site(), answer)
                    .isBefore(deadline);
            Thread.sleep(Duration.ofMillis(50));
            answer = SmallTftpRead.read(tftp, path, Duration.ofSeconds(2));
        }
    }

    private static String get(String uri) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
