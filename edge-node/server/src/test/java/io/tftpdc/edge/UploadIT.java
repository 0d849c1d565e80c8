package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.testing.StandInProjections;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.edge.testing.TftpFetch;
import io.tftpdc.edge.testing.TftpStore;
import io.tftpdc.edge.upload.UploadMeters;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.TransferEvent;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads into a whole node with a real broker: what was acknowledged is there, and nothing else is. */
class UploadIT {
    private static final String RULES = """
            uploads:
              rules:
                - {path: "spooled/**", overwrite: true, on-kafka-away: spool, commit-timeout: 2s}
                - {path: "backup/**", overwrite: true, commit-timeout: 3s}
                - {path: "new/**"}
                - {path: "small/**", max-size: 1KiB, quota-size: 2KiB}
            """;

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<EdgeNode> nodes = new ArrayList<>();
    private TestSite site;
    private StandInProjections projections;
    private EdgeNode node;

    @BeforeEach
    void start() throws IOException {
        site = new TestSite(directory.resolve("kafka"));
        projections = new StandInProjections(site.clientSettings(), site.ids());
        node = startNode("edge-1");
    }

    @AfterEach
    void stop() {
        nodes.forEach(EdgeNode::close);
        projections.close();
        site.close();
        http.shutdownNow();
    }

    private EdgeNode startNode(String name) throws IOException {
        String yaml = """
                site: a
                node: %s
                kafka: {bootstrap-servers: "%s"}
                data-directory: %s
                store-memory: 16MiB
                tftp: {listen: ["127.0.0.1"], port: 0}
                http: {host: "127.0.0.1", port: 0}
                report-interval: 200ms
                %s""".formatted(name, site.kafka().bootstrapServers(), directory.resolve(name), RULES);
        EdgeConfig config = ConfigFile.parse(EdgeConfig.class, "edge.yaml", yaml, variable -> null);
        EdgeNode started = EdgeNode.start(config, site.ids());
        nodes.add(started);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> started.health().ready().up());
        return started;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1428, 3 * FileContent.CHUNK_SIZE + 12_345})
    void anUploadedFileIsServedByEveryNodeOverTftpAndHttp(int size) throws Exception {
        byte[] content = random(size);
        EdgeNode other = startNode("edge-2");

        TftpStore.PLAIN.with(1428, 16).store(tftp(node), "backup/sw1.cfg", content);

        // Not served yet perhaps, but in Kafka for good.
        FileEvent.FilePublished event = (FileEvent.FilePublished) events().getFirst();
        assertThat(event.content().hash()).isEqualTo(Sha256.of(content));
        assertThat(event.envelope().actor()).isEqualTo("tftp:127.0.0.1");
        assertThat(event.labels()).containsEntry("source", "tftp-upload").containsEntry("edge-node", "edge-1");
        for (EdgeNode each : nodes) {
            awaitServed(each, "backup/sw1.cfg", content);
            assertThat(TftpFetch.fetch(tftp(each), "backup/sw1.cfg")).isEqualTo(content);
        }
        assertThat(other.status()).contains("\"READY\"");
        TransferEvent upload = await().atMost(Duration.ofSeconds(10))
                .until(
                        () -> site.read(Topics.TRANSFER_EVENTS).stream()
                                .filter(transfer -> transfer.operation().equals(TransferEvent.WRITE))
                                .toList(),
                        found -> found.size() == 1)
                .getFirst();
        assertThat(upload.outcome()).isEqualTo("COMPLETED");
        assertThat(upload.bytes()).isEqualTo(size);
        assertThat(upload.contentHash()).contains(Sha256.of(content));
        assertThat(upload.path()).isEqualTo("backup/sw1.cfg");
    }

    @Test
    void netasciiTextIsServedAsItIsKept() throws Exception {
        TftpStore.PLAIN
                .in(TransferMode.NETASCII)
                .store(tftp(node), "backup/sw1.cfg", "hostname sw1\r\nend\r\n".getBytes(StandardCharsets.US_ASCII));

        awaitServed(node, "backup/sw1.cfg", "hostname sw1\nend\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void twoClientsThatUploadOneFileAtTheSameTimeEachPublishAVersionWhole() throws Exception {
        List<byte[]> contents = new ArrayList<>();
        List<CompletableFuture<Void>> uploads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] content = random(FileContent.CHUNK_SIZE + i);
            contents.add(content);
            uploads.add(CompletableFuture.runAsync(() -> store(TftpStore.PLAIN, "backup/same", content)));
        }
        uploads.forEach(CompletableFuture::join);

        List<Sha256> published = events().stream()
                .map(event -> ((FileEvent.FilePublished) event).content().hash())
                .toList();
        assertThat(published)
                .containsExactlyInAnyOrderElementsOf(
                        contents.stream().map(Sha256::of).toList());
        byte[] last = contents.stream()
                .filter(content -> Sha256.of(content).equals(winner("backup/same")))
                .findFirst()
                .orElseThrow();
        awaitServed(node, "backup/same", last);
    }

    @Test
    void whatTheRulesDoNotPermitIsRefusedWithTheFix() throws Exception {
        TftpStore.PLAIN.store(tftp(node), "new/x", random(10));

        assertRefused("boot/x", random(1), 2, "uploads.rules");
        assertRefused("../boot/x", random(1), 2, "..");
        assertRefused("new/x", random(1), 6, "overwrite");
        assertRefused("small/x", random(1025), 3, "max-size");
        assertThatThrownBy(() -> TftpStore.PLAIN.withoutSize().store(tftp(node), "small/x", random(1025)))
                .isInstanceOfSatisfying(TftpStore.RefusedException.class, refused -> assertThat(refused.code())
                        .isEqualTo(3));
        TftpStore.PLAIN.store(tftp(node), "small/a", random(1024));
        TftpStore.PLAIN.store(tftp(node), "small/b", random(1024));
        assertRefused("small/c", random(1), 3, "quota-size");
        awaitServed(node, "small/b", random(1024));
        assertRefused("small/c", random(1), 3, "quota-size");
        assertThat(events()).hasSize(3);
    }

    @Test
    void whileKafkaIsAwayUploadsAreRefusedSoonAndNothingOfThemIsEverSeen() throws Exception {
        TftpStore.PLAIN.store(tftp(node), "backup/before", random(10));
        byte[] large = random(8 * FileContent.CHUNK_SIZE);

        assertThatThrownBy(() -> TftpStore.PLAIN.store(
                        tftp(node), "backup/running", large, () -> site.kafka().stop()))
                .isInstanceOf(TftpStore.RefusedException.class)
                .hasMessageContaining("Kafka");

        long began = System.nanoTime();
        assertThatThrownBy(() -> TftpStore.PLAIN.store(tftp(node), "backup/at-once", random(10)))
                .isInstanceOf(TftpStore.RefusedException.class)
                .hasMessageContaining("Kafka");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        site.kafka().start();
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(TftpStore.RefusedException.class)
                .until(() -> {
                    TftpStore.PLAIN.store(tftp(node), "backup/after", random(10));
                    return true;
                });
        assertThat(events())
                .extracting(event -> event.key().path().value())
                .containsExactlyInAnyOrder("backup/before", "backup/after");
    }

    @Test
    void whileKafkaIsAwayWhatTheRuleSaysIsSpooledAndPublishedOnceAfterARestart() throws Exception {
        site.kafka().stop();
        byte[] first = random(FileContent.CHUNK_SIZE + 5);
        byte[] second = random(2 * FileContent.CHUNK_SIZE);
        TftpStore.PLAIN.with(1428, 16).store(tftp(node), "spooled/sw1.cfg", first);
        TftpStore.PLAIN.with(1428, 16).store(tftp(node), "spooled/sw1.cfg", second);
        TftpStore.PLAIN.store(tftp(node), "spooled/empty", new byte[0]);
        assertThat(text(get(node, "/health/ready"))).contains("3 waiting for Kafka");
        assertThat(text(get(node, "/metrics")))
                .contains(UploadMeters.WAITING.meterName().replace('.', '_'))
                .contains(UploadMeters.OLDEST.meterName().replace('.', '_'));

        node.close();
        nodes.remove(node);
        node = startNode("edge-1");
        assertThat(waiting(node)).isEqualTo(3);
        site.kafka().start();

        awaitServed(node, "spooled/sw1.cfg", second);
        awaitServed(node, "spooled/empty", new byte[0]);
        await().atMost(Duration.ofSeconds(20)).until(() -> waiting(node) == 0);
        List<FileEvent> events = events();
        assertThat(events)
                .extracting(FileEvent::envelope)
                .doesNotHaveDuplicates()
                .hasSize(3);
        List<FileEvent> ofOneFile = events.stream()
                .filter(event -> event.key().path().value().equals("spooled/sw1.cfg"))
                .toList();
        assertThat(((FileEvent.FilePublished) ofOneFile.get(0)).content().hash())
                .isEqualTo(Sha256.of(first));
        assertThat(((FileEvent.FilePublished) ofOneFile.get(1)).content().hash())
                .isEqualTo(Sha256.of(second));
    }

    @Test
    void aBrokerThatGoesAwayInTheMiddleCostsASpooledUploadNothing() throws Exception {
        byte[] content = random(8 * FileContent.CHUNK_SIZE);

        TftpStore.PLAIN.store(
                tftp(node), "spooled/fw.bin", content, () -> site.kafka().stop());

        assertThat(waiting(node)).isEqualTo(1);
        site.kafka().start();
        awaitServed(node, "spooled/fw.bin", content);
        await().atMost(Duration.ofSeconds(20)).until(() -> waiting(node) == 0);
        assertThat(events()).hasSize(1);
    }

    private void assertRefused(String path, byte[] content, int code, String fix) {
        assertThatThrownBy(() -> TftpStore.PLAIN.store(tftp(node), path, content))
                .isInstanceOfSatisfying(TftpStore.RefusedException.class, refused -> assertThat(refused.code())
                        .isEqualTo(code))
                .hasMessageContaining(fix);
    }

    private void store(TftpStore client, String path, byte[] content) {
        try {
            client.store(tftp(node), path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int waiting(EdgeNode at) throws IOException {
        return new ObjectMapper()
                .readTree(at.status())
                .path("uploads")
                .path("waiting")
                .asInt(-1);
    }

    private List<FileEvent> events() {
        return site.read(Topics.FILE_EVENTS);
    }

    private Sha256 winner(String path) {
        return events().stream()
                .filter(event -> event.key().path().value().equals(path))
                .max(Comparator.comparing(FileEvent::stamp))
                .map(event -> ((FileEvent.FilePublished) event).content().hash())
                .orElseThrow();
    }

    private void awaitServed(EdgeNode by, String path, byte[] content) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    HttpResponse<byte[]> answer = get(by, "/files/" + path);
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo(content);
                });
    }

    private static InetSocketAddress tftp(EdgeNode of) {
        return of.tftpAddresses().getFirst();
    }

    private HttpResponse<byte[]> get(EdgeNode from, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + from.httpAddress().getPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
