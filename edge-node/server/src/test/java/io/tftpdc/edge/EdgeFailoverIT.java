package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.testing.NumberedRegistry;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.edge.testing.TftpFetch;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node of site {@code a} that may follow the cluster of {@code b}, whose schema registry gives other numbers; the test
 * mirrors what MirrorMaker would.
 */
class EdgeFailoverIT {
    private static final String MIRRORED_CONTENT = "a." + Topics.CONTENT.name();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private NumberedRegistry registryOfA;
    private NumberedRegistry registryOfB;
    private TestSite a;
    private TestSite b;
    private EdgeNode node;
    private final Map<FileKey, FileIndexEntry> expected = new HashMap<>();

    @BeforeEach
    void start() throws Exception {
        Schema entries = Topics.FILE_INDEX.values().schema().orElseThrow();
        Schema places = Topics.CONTENT_LOCATIONS.values().schema().orElseThrow();
        Schema reports = Topics.NODE_EVENTS.values().schema().orElseThrow();
        registryOfA = new NumberedRegistry(List.of(entries, places, reports));
        registryOfB = new NumberedRegistry(List.of(reports, entries, places));
        a = new TestSite(directory.resolve("kafka-a"), registryOfA);
        b = new TestSite(directory.resolve("kafka-b"), registryOfB);
        try (Admin admin = Admin.create(b.clientSettings())) {
            admin.createTopics(List.of(new NewTopic(MIRRORED_CONTENT, 1, (short) 1)))
                    .all()
                    .get();
        }
        EdgeConfig config = ConfigFile.parse(
                EdgeConfig.class,
                "edge.yaml",
                """
                site: a
                node: edge-1
                kafka:
                  bootstrap-servers: "%s"
                  fallbacks: [{site: b, bootstrap-servers: "%s", registry-url: "%s"}]
                  failover-after: 1s
                  failback-after: 2s
                data-directory: %s
                store-memory: 16MiB
                tftp: {listen: ["127.0.0.1"], port: 0}
                http: {host: "127.0.0.1", port: 0}
                report-interval: 200ms
                """.formatted(
                                a.kafka().bootstrapServers(),
                                b.kafka().bootstrapServers(),
                                registryOfB.url(),
                                directory.resolve("edge")),
                name -> null);
        node = EdgeNode.start(config, a.ids());
    }

    @AfterEach
    void stop() {
        node.close();
        a.close();
        b.close();
        registryOfA.close();
        registryOfB.close();
    }

    @Test
    void aNodeFollowsAPeerWhileItsOwnKafkaIsAwayAndComesBackAndNeverServesAnOlderOrWrongByte() throws Exception {
        byte[] first = random(FileContent.CHUNK_SIZE + 17, 1);
        byte[] second = random(FileContent.CHUNK_SIZE + 18, 2);
        byte[] new1 = random(3 * FileContent.CHUNK_SIZE, 3);
        byte[] new2 = random(1000, 4);
        mirrored("both.bin", first);
        awaitServed("both.bin", first);
        assertThat(cluster()).isEqualTo("a");
        awaitDigest();
        Clients clients = new Clients("both.bin", List.of(Sha256.of(first), Sha256.of(second)));
        clients.thread.start();

        a.kafka().stop();
        FileIndexEntry changed = publishAtPeer("both.bin", second);
        FileIndexEntry added = publishAtPeer("new1.bin", new1);

        awaitServed("both.bin", second);
        awaitServed("new1.bin", new1);
        assertThat(cluster()).isEqualTo("b");
        assertThat(text(get("/health/ready"))).contains("by the index of b, not this site's");
        awaitDigest();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(told(b, Topics.NODE_EVENTS)).anySatisfy(report -> {
                    assertThat(report.site()).hasToString("a");
                    assertThat(report.cluster()).hasToString("b");
                }));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(told(b, Topics.TRANSFER_EVENTS))
                .anyMatch(event -> event.path().equals("new1.bin")));

        set(b, "b", 2, "max-block-size", "1111");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(settings()).isEqualTo(1));

        a.kafka().start();
        await().atMost(Duration.ofSeconds(60)).until(() -> cluster().equals("a"));
        awaitDigest();
        assertThat(TftpFetch.fetch(node.tftpAddresses().getFirst(), "both.bin")).isEqualTo(second);
        assertThat(TftpFetch.fetch(node.tftpAddresses().getFirst(), "new1.bin")).isEqualTo(new1);
        a.send(Topics.FILE_INDEX, changed.key(), changed);
        a.send(Topics.FILE_INDEX, added.key(), added);
        mirrored("new2.bin", new2);
        set(a, "a", 3, "max-window-size", "11");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(settings()).isEqualTo(2));

        awaitServed("new2.bin", new2);
        awaitDigest();
        assertThat(cluster()).isEqualTo("a");
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        told(a, Topics.NODE_EVENTS).getLast().cluster())
                .hasToString("a"));
        clients.stop();
        assertThat(clients.problems).isEmpty();
        assertThat(clients.fetched).hasPositiveValue();
        assertThat(text(get("/metrics"))).contains("tftpdc_edge_index_kafka_switches_total");
    }

    /** Clients that fetch one file all the while; no version may come back after a later one. */
    private final class Clients {
        private final String path;
        private final List<Sha256> versions;
        private final AtomicBoolean stopping = new AtomicBoolean();
        private final AtomicInteger fetched = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
        private final Thread thread = new Thread(this::run, "clients");

        Clients(String path, List<Sha256> versions) {
            this.path = path;
            this.versions = versions;
        }

        private void run() {
            int latest = 0;
            while (!stopping.get()) {
                try {
                    int version = versions.indexOf(
                            Sha256.of(TftpFetch.fetch(node.tftpAddresses().getFirst(), path)));
                    if (version < latest) {
                        problems.add("version " + version + " after " + latest);
                    }
                    latest = version;
                    fetched.incrementAndGet();
                } catch (IOException e) {
                    problems.add(String.valueOf(e.getMessage()));
                }
            }
        }

        void stop() throws InterruptedException {
            stopping.set(true);
            thread.join();
        }
    }

    /** At both sites, as after mirroring: at {@code b} the chunks lie in the mirrored topic. */
    private void mirrored(String path, byte[] bytes) {
        FileContent content = a.storeContent(bytes);
        storeMirrored(bytes);
        FileIndexEntry entry = entry(path, content);
        a.send(Topics.FILE_INDEX, entry.key(), entry);
        b.send(Topics.FILE_INDEX, entry.key(), entry);
    }

    private void storeMirrored(byte[] bytes) {
        for (int from = 0; from < bytes.length; from += FileContent.CHUNK_SIZE) {
            byte[] chunk = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + FileContent.CHUNK_SIZE));
            Sha256 hash = Sha256.of(chunk);
            RecordMetadata written = b.sendRaw(MIRRORED_CONTENT, hash.bytes(), chunk);
            b.send(
                    Topics.CONTENT_LOCATIONS,
                    hash,
                    new ContentLocation(MIRRORED_CONTENT, written.partition(), written.offset(), chunk.length));
        }
    }

    private FileIndexEntry publishAtPeer(String path, byte[] bytes) {
        FileIndexEntry entry = entry(path, b.storeContent(bytes));
        b.send(Topics.FILE_INDEX, entry.key(), entry);
        return entry;
    }

    private FileIndexEntry entry(String path, FileContent content) {
        FileKey key = FileKey.of("default", path);
        FileIndexEntry made = a.entry(key, content, Map.of());
        FileIndexEntry merged = expected.containsKey(key) ? FileIndexFold.merge(expected.get(key), made) : made;
        expected.put(key, merged);
        return merged;
    }

    /** What the node wrote there. */
    private <V> List<V> told(TestSite site, Topic<?, V> topic) {
        return TestSite.read(site.clientSettings(), site.ids(), topic);
    }

    private void awaitServed(String path, byte[] bytes) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(get("/files/" + path).body()).isEqualTo(bytes));
    }

    private void awaitDigest() {
        IndexDigest sum = IndexDigest.EMPTY;
        for (FileIndexEntry entry : expected.values()) {
            sum = sum.plus(IndexDigest.of(entry));
        }
        String hex = sum.hex();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        status().at("/index/digests/default").asText())
                .isEqualTo(hex));
    }

    private static void set(TestSite at, String origin, long id, String name, String value) {
        at.send(
                Topics.CONFIG_EVENTS,
                "all",
                new SettingChanged(
                        new EventEnvelope(
                                new EventId(new UUID(0, id)), new SiteName(origin), HybridTime.of(id, 0), "test"),
                        new ConfigScope.All(),
                        name,
                        Optional.of(value)));
    }

    private int settings() throws IOException, InterruptedException {
        return status().at("/configuration/settings").asInt();
    }

    private String cluster() throws IOException, InterruptedException {
        return status().at("/index/cluster").asText();
    }

    private JsonNode status() throws IOException, InterruptedException {
        return JSON.readTree(text(get("/status")));
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + node.httpAddress().getPort() + path);
        return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
