package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.edge.testing.TftpFetch;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.TransferEvent;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node against a real broker, without streams processors: the test writes what they would. */
class EdgeNodeIT {
    @TempDir
    private static Path siteDirectory;

    private static TestSite site;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private EdgeNode node;

    @BeforeAll
    static void startSite() {
        site = new TestSite(siteDirectory.resolve("kafka"));
    }

    @AfterAll
    static void stopSite() {
        site.close();
        HTTP.shutdownNow();
    }

    @BeforeEach
    void startNode() throws IOException {
        node = start("");
    }

    private EdgeNode start(String more) throws IOException {
        String yaml = """
                site: a
                node: edge-1
                kafka: {bootstrap-servers: "%s"}
                data-directory: %s
                store-memory: 16MiB
                tftp: {listen: ["127.0.0.1"], port: 0}
                http: {host: "127.0.0.1", port: 0}
                report-interval: 200ms
                %s
                """.formatted(site.kafka().bootstrapServers(), directory.resolve("edge"), more);
        EdgeConfig config = ConfigFile.parse(EdgeConfig.class, "edge.yaml", yaml, name -> null);
        EdgeNode started = EdgeNode.start(config, site.ids());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> started.health().ready().up());
        return started;
    }

    @AfterEach
    void stopNode() {
        node.close();
    }

    @Test
    void publishedFileIsServedOverTftpAndHttpAndBothTransfersAreToldToKafka() throws Exception {
        byte[] image = random(3 * FileContent.CHUNK_SIZE + 12_345, 1);
        FileContent content = site.publish("default", "boot/image.bin", image);
        awaitResident("boot/image.bin");

        byte[] overTftp = TftpFetch.fetch(tftp(), "boot/image.bin");
        HttpResponse<byte[]> overHttp = get("/files/boot/image.bin");

        assertThat(Sha256.of(overTftp)).isEqualTo(content.hash());
        assertThat(overHttp.statusCode()).isEqualTo(200);
        assertThat(Sha256.of(overHttp.body())).isEqualTo(content.hash());
        List<TransferEvent> events = readUntil(
                Topics.TRANSFER_EVENTS, event -> event.path().equals("boot/image.bin"), found -> found.stream()
                        .map(TransferEvent::protocol)
                        .collect(Collectors.toSet())
                        .equals(Set.of("tftp", "http")));
        assertThat(events).allSatisfy(event -> {
            assertThat(event.outcome()).isEqualTo("COMPLETED");
            assertThat(event.bytes()).isEqualTo(image.length);
            assertThat(event.contentHash()).contains(content.hash());
            assertThat(event.tenant()).isEqualTo(Tenant.DEFAULT);
            assertThat(event.node()).isEqualTo("edge-1");
            assertThat(event.clientAddress()).isEqualTo("127.0.0.1");
            assertThat(event.envelope().actor()).isEqualTo("edge:edge-1");
        });
    }

    @Test
    void requestForAFileThatIsNotThereIsAnEventToo() throws Exception {
        assertThatThrownBy(() -> TftpFetch.fetch(tftp(), "nowhere/x")).isInstanceOf(IOException.class);

        List<TransferEvent> events =
                readUntil(Topics.TRANSFER_EVENTS, event -> event.path().equals("nowhere/x"), found -> !found.isEmpty());
        assertThat(events.getFirst().outcome()).isEqualTo("NOT_FOUND");
        assertThat(events.getFirst().bytes()).isZero();
    }

    @Test
    void namesMeanWhatTheTenantSays() throws Exception {
        node.close();
        node = start("""
                tenants:
                  - tenant: lab
                    clients: [127.0.0.0/8]
                    names: {ignore-case: true, rules: "ri ^[a-z]:\\nrE ^ hosts/\\\\i/"}
                """);
        site.publish("lab", "Boot/BCD", random(1000, 7));
        FileContent own = site.publish("lab", "hosts/127.0.0.1/own", random(2000, 8));
        FileContent lower = site.publish("lab", "boot/both", random(3000, 9));
        site.publish("lab", "Boot/Both", random(3000, 10));

        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> assertThat(
                        TftpFetch.fetch(tftp(), "C:\\BOOT\\bcd"))
                .isEqualTo(random(1000, 7)));
        assertThat(Sha256.of(TftpFetch.fetch(tftp(), "OWN"))).isEqualTo(own.hash());
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> assertThat(
                        Sha256.of(TftpFetch.fetch(tftp(), "/BOOT/BOTH")))
                .isEqualTo(lower.hash()));
        assertThatThrownBy(() -> TftpFetch.fetch(tftp(), "boot/../boot/both")).hasMessageContaining("'..'");
    }

    @Test
    void aSiteServesItsVariantAndNobodyElses() throws Exception {
        byte[] everywhere = random(1000, 21);
        byte[] here = random(FileContent.CHUNK_SIZE + 1, 22);
        site.publish("default", "sited.bin", everywhere);
        site.publish("default", "@site/b/sited.bin", random(3000, 23));
        site.publish("default", "@site/b/only-b.bin", random(3000, 24));
        awaitResident("sited.bin");
        assertThat(TftpFetch.fetch(tftp(), "sited.bin")).isEqualTo(everywhere);
        assertThat(get("/files/sited.bin").body()).isEqualTo(everywhere);

        site.publish("default", "@site/a/sited.bin", here);
        site.publish("default", "@site/a/only-a.bin", here);

        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(get("/files/sited.bin").body()).isEqualTo(here));
        assertThat(TftpFetch.fetch(tftp(), "sited.bin")).isEqualTo(here);
        assertThat(TftpFetch.fetch(tftp(), "only-a.bin")).isEqualTo(here);
        assertThat(get("/files/only-b.bin").statusCode()).isEqualTo(404);
        assertThat(fileStatus("@site/b/only-b.bin")).contains("\"known\":true").contains("\"resident\":false");
        for (String name : List.of("@site/a/sited.bin", "@site/b/sited.bin", "@SITE/b/sited.bin", "@site/b/nothing")) {
            assertThat(get("/files/" + name).statusCode()).as(name).isEqualTo(403);
            assertThatThrownBy(() -> TftpFetch.fetch(tftp(), name)).as(name).hasMessageContaining("reserved");
        }

        FileKey variant = FileKey.of("default", "@site/a/sited.bin");
        site.send(Topics.FILE_INDEX, variant, site.removed(variant));

        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(get("/files/sited.bin").body()).isEqualTo(everywhere));
    }

    @Test
    void aVariantIsFoundByRulesAndWhateverTheCaseOfItsLetters() throws Exception {
        node.close();
        node = start("""
                tenants:
                  - tenant: lab
                    clients: [127.0.0.0/8]
                    names: {ignore-case: true, rules: "r ^alias$ Mixed/Case.bin"}
                """);
        site.publish("lab", "Mixed/Case.bin", random(100, 31));
        site.publish("lab", "@site/a/Mixed/Case.bin", random(200, 32));
        site.publish("lab", "@site/b/mixed/case.bin", random(300, 33));

        await().atMost(Duration.ofSeconds(15)).ignoreExceptions().untilAsserted(() -> assertThat(
                        TftpFetch.fetch(tftp(), "alias"))
                .isEqualTo(random(200, 32)));
        assertThat(TftpFetch.fetch(tftp(), "MIXED/CASE.BIN")).isEqualTo(random(200, 32));
        assertThatThrownBy(() -> TftpFetch.fetch(tftp(), "@Site/B/mixed/case.bin"))
                .hasMessageContaining("reserved");
    }

    @Test
    void fileOnDemandComesWhenItIsAskedForAndNotBefore() throws Exception {
        node.close();
        node = start("placement: [{path: \"lazy/**\", mode: on-demand}]");
        byte[] image = random(2 * FileContent.CHUNK_SIZE + 1, 2);
        FileContent content = site.publish("default", "lazy/image.bin", image);
        site.publish("default", "eager.bin", random(100, 3));
        awaitResident("eager.bin");
        assertThat(fileStatus("lazy/image.bin")).contains("\"known\":true").contains("\"resident\":false");

        byte[] fetched = TftpFetch.fetch(tftp(), "lazy/image.bin");

        assertThat(Sha256.of(fetched)).isEqualTo(content.hash());
        assertThat(fileStatus("lazy/image.bin")).contains("\"resident\":true");
    }

    @Test
    void nodeWithoutKafkaStartsAndServesWhatItHasAndTellsKafkaLater() throws Exception {
        byte[] image = random(FileContent.CHUNK_SIZE + 7, 4);
        site.publish("default", "kept.bin", image);
        awaitResident("kept.bin");
        node.close();
        site.kafka().stop();
        try {
            node = start("");

            assertThat(TftpFetch.fetch(tftp(), "kept.bin")).isEqualTo(image);
            assertThat(get("/files/kept.bin").body()).isEqualTo(image);
            HttpResponse<byte[]> ready = get("/health/ready");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(text(ready)).contains("away, serving what is here");
            assertThat(get("/files/unknown.bin").statusCode()).isEqualTo(404);
        } finally {
            node.close();
            site.kafka().start();
        }
        node = start("");
        List<TransferEvent> events = readUntil(
                Topics.TRANSFER_EVENTS,
                event -> event.path().equals("kept.bin"),
                found -> found.stream()
                                .map(TransferEvent::protocol)
                                .collect(Collectors.toSet())
                                .size()
                        == 2);
        assertThat(events).extracting(TransferEvent::outcome).containsOnly("COMPLETED");
    }

    @Test
    void aNodeThatIsTooStaleRefusesWhenItIsToldTo() throws Exception {
        node.close();
        node = start("""
                max-staleness: 3s
                stale: refuse
                """);
        byte[] image = random(1000, 41);
        site.publish("default", "stale.bin", image);
        awaitResident("stale.bin");
        assertThat(TftpFetch.fetch(tftp(), "stale.bin")).isEqualTo(image);
        site.kafka().stop();
        try {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> get("/files/stale.bin").statusCode() == 503);
            assertThat(text(get("/files/stale.bin"))).contains("more than the 3 s allowed; ask another node");
            assertThatThrownBy(() -> TftpFetch.fetch(tftp(), "stale.bin"))
                    .hasMessageContaining("more than the 3 s allowed");
            assertThat(get("/health/ready").statusCode()).isEqualTo(503);
            assertThat(text(get("/status"))).contains("\"state\":\"REFUSING\"");
            assertThat(text(get("/metrics"))).containsPattern("tftpdc_edge_index_stale_refusals_total\\{[^}]*} [1-9]");
        } finally {
            site.kafka().start();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get("/files/stale.bin").statusCode() == 200);
        assertThat(TftpFetch.fetch(tftp(), "stale.bin")).isEqualTo(image);
    }

    @Test
    void nodeStopsWithinSecondsWhileKafkaIsAway() throws Exception {
        site.publish("default", "here.bin", random(1000, 7));
        awaitResident("here.bin");
        site.kafka().stop();
        try {
            assertThat(get("/files/here.bin").statusCode()).isEqualTo(200);
            long start = System.nanoTime();

            node.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        } finally {
            site.kafka().start();
        }
    }

    @Test
    void tenantOfTheClientsAddressIsTheOneServed() throws Exception {
        node.close();
        node = start("tenants: [{tenant: lab, clients: [\"127.0.0.0/8\"]}]");
        site.publish("lab", "name.txt", "lab".getBytes(StandardCharsets.UTF_8));
        site.publish("default", "name.txt", "default".getBytes(StandardCharsets.UTF_8));
        await().atMost(Duration.ofSeconds(10)).until(() -> get("/status/files/lab/name.txt"), answer -> text(answer)
                .contains("\"resident\":true"));

        assertThat(TftpFetch.fetch(tftp(), "name.txt")).isEqualTo("lab".getBytes(StandardCharsets.UTF_8));
        assertThat(text(get("/files/name.txt"))).isEqualTo("lab");
    }

    @Test
    void runningTransferKeepsItsVersionWhileANewOneIsPublished() throws Exception {
        byte[] before = random(FileContent.CHUNK_SIZE * 2, 5);
        site.publish("default", "torn.bin", before);
        awaitResident("torn.bin");
        HttpResponse<java.io.InputStream> running = HTTP.send(
                HttpRequest.newBuilder(uri("/files/torn.bin")).build(), HttpResponse.BodyHandlers.ofInputStream());
        byte[] start = running.body().readNBytes(1000);

        byte[] after = random(FileContent.CHUNK_SIZE * 2, 6);
        site.publish("default", "torn.bin", after);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> fileStatus("torn.bin").contains(Sha256.of(after).hex()));
        awaitResident("torn.bin");

        assertThat(start).isEqualTo(java.util.Arrays.copyOf(before, 1000));
        assertThat(running.body().readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(before, 1000, before.length));
        assertThat(get("/files/torn.bin").body()).isEqualTo(after);
    }

    @Test
    void removedFileIsNotFound() throws Exception {
        site.publish("default", "gone.bin", new byte[] {1});
        awaitResident("gone.bin");

        site.send(
                Topics.FILE_INDEX, FileKey.of("default", "gone.bin"), site.removed(FileKey.of("default", "gone.bin")));

        await().atMost(Duration.ofSeconds(10))
                .until(() -> get("/files/gone.bin").statusCode() == 404);
    }

    @Test
    void nodeReportsItselfAndSaysWhenItStops() throws Exception {
        site.publish("default", "some.bin", new byte[] {1});
        awaitResident("some.bin");
        node.close();

        List<NodeReported> reports = readUntil(
                Topics.NODE_EVENTS,
                report -> report.node().equals("edge-1"),
                found -> found.stream().anyMatch(report -> report.state().equals("STOPPED"))
                        && found.stream().anyMatch(report -> report.state().equals("READY")));
        NodeReported last = reports.getLast();
        assertThat(last.digests()).containsKey("default");
        assertThat(last.indexEntries()).isPositive();
        assertThat(last.contentBytes()).isPositive();
        assertThat(last.positions()).hasSize(2 * Topics.PARTITIONS);
        assertThat(last.addresses()).containsKeys("tftp", "http");
        assertThat(last.capacity()).isPositive();
    }

    @Test
    void metricsAndStatusTellWhatIsThere() throws Exception {
        site.publish("default", "metric.bin", new byte[] {1, 2, 3});
        awaitResident("metric.bin");

        assertThat(text(get("/metrics")))
                .contains("tftpdc_edge_index_entries")
                .contains("tftpdc_edge_content_stored_bytes")
                .contains("tftpdc_edge_journal_waiting")
                .contains("tftpdc_tftp_active_transfers")
                .contains("tftpdc_edge_http_connections");
        assertThat(text(get("/status"))).contains("\"state\":\"READY\"").contains("\"digests\":{\"default\":");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void secondNodeOnTheSameDirectoryIsRefusedWithTheFix() {
        assertThatThrownBy(() -> start("")).isInstanceOf(IOException.class).hasMessageContaining("in use");
    }

    private InetSocketAddress tftp() {
        return node.tftpAddresses().getFirst();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + node.httpAddress().getPort() + path);
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private String fileStatus(String path) throws IOException, InterruptedException {
        return text(get("/status/files/default/" + path));
    }

    private void awaitResident(String path) {
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> fileStatus(path).contains("\"resident\":true"));
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Reads a topic from its beginning until enough of what is looked for was found, or 15 s have passed. */
    private static <V> List<V> readUntil(Topic<?, V> topic, Predicate<V> wanted, Predicate<List<V>> enough) {
        List<V> found = new ArrayList<>();
        Map<String, Object> settings = new java.util.HashMap<>(site.clientSettings());
        settings.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(topic.name()).stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                    .toList());
            long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
            while (!enough.test(found)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("found only " + found);
                }
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    V value = topic.valueSerde(site.ids()).deserializer().deserialize(topic.name(), record.value());
                    if (wanted.test(value)) {
                        found.add(value);
                    }
                });
            }
        }
        return found;
    }
}
