package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.edge.testing.TftpFetch;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.SiteName;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.topic.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node against a real broker; the test writes what an operator at this site or at another one would. */
class EdgeSettingsIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String OF_B = "b." + Topics.CONFIG_EVENTS.name();

    @TempDir
    private Path directory;

    private TestSite site;
    private EdgeNode node;
    private long counter;

    @BeforeEach
    void start() throws IOException {
        site = new TestSite(directory.resolve("kafka"));
        node = startNode();
    }

    private EdgeNode startNode() throws IOException {
        String yaml = """
                site: a
                node: edge-1
                kafka: {bootstrap-servers: "%s"}
                data-directory: %s
                store-memory: 16MiB
                tftp: {listen: ["127.0.0.1"], port: 0, max-block-size: 1024}
                http: {host: "127.0.0.1", port: 0}
                report-interval: 200ms
                placement: [{mode: on-demand}]
                """.formatted(site.kafka().bootstrapServers(), directory.resolve("edge"));
        EdgeNode started =
                EdgeNode.start(ConfigFile.parse(EdgeConfig.class, "edge.yaml", yaml, name -> null), site.ids());
        await().atMost(PATIENCE).until(() -> started.health().ready().up());
        return started;
    }

    @AfterEach
    void stop() {
        node.close();
        site.close();
    }

    @Test
    void aNodeWorksByWhatIsSetAndATransferKeepsWhatItBeganWith() throws Exception {
        byte[] image = random(300_000, 1);
        site.publish("default", "Boot/Image", image);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> fetch("Boot/Image").length == image.length);
        assertThatThrownBy(() -> fetch("boot/image")).isInstanceOf(IOException.class);
        try (SlowRead running = new SlowRead("Boot/Image", 1024)) {
            running.read(10);

            set("all", "names.ignore-case", "true");
            set("site/a", "max-block-size", "512");
            set("node/a/edge-2", "max-block-size", "600");

            await().atMost(PATIENCE).ignoreExceptions().until(() -> fetch("boot/image").length == image.length);
            await().atMost(PATIENCE).until(() -> settings() == 3);
            try (SlowRead later = new SlowRead("boot/image", 1024)) {
                assertThat(later.blockSize).isEqualTo(512);
            }
            running.read(Integer.MAX_VALUE);
            assertThat(running.blockSize).isEqualTo(1024);
            assertThat(running.bytes.toByteArray()).isEqualTo(image);
        }
        set("site/a", "max-block-size", null);
        await().atMost(PATIENCE).untilAsserted(() -> {
            try (SlowRead later = new SlowRead("boot/image", 1024)) {
                assertThat(later.blockSize).isEqualTo(1024);
            }
        });
    }

    @Test
    void uploadsAndPlacementFollowTheirRules() throws Exception {
        site.publish("default", "lazy.bin", random(1000, 2));
        await().atMost(PATIENCE)
                .until(() -> status("/status/files/default/lazy.bin").contains("\"known\":true"));
        assertThat(write("backup/x", "hello")).contains("not permitted");
        assertThat(status("/status/files/default/lazy.bin")).contains("\"resident\":false");

        set("tenant/default", "uploads.rules", "[{\"path\":\"backup/**\"}]");
        set("all", "placement", "[{\"path\":\"lazy.bin\",\"mode\":\"eager\"}]");

        await().atMost(PATIENCE)
                .until(() -> status("/status/files/default/lazy.bin").contains("\"resident\":true"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(write("backup/x", "hello")).isEmpty());
        assertThat(write("elsewhere/x", "hello")).contains("not permitted");
    }

    @Test
    void whatWasInForceIsSoAfterAStartWithoutKafka() throws Exception {
        site.publish("default", "Kept", random(5000, 3));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> fetch("Kept").length == 5000);
        set("all", "names.ignore-case", "true");
        set("all", "max-block-size", "512");
        await().atMost(PATIENCE).until(() -> settings() == 2);
        String digest = digest();
        node.close();
        site.kafka().stop();
        try {
            node = startNode();

            assertThat(fetch("KEPT")).hasSize(5000);
            try (SlowRead read = new SlowRead("KEPT", 1024)) {
                assertThat(read.blockSize).isEqualTo(512);
            }
            assertThat(digest()).isEqualTo(digest);
        } finally {
            site.kafka().start();
        }
        set("all", "max-block-size", "700");
        await().atMost(Duration.ofSeconds(60)).until(() -> !digest().equals(digest));
        try (SlowRead read = new SlowRead("KEPT", 1024)) {
            assertThat(read.blockSize).isEqualTo(700);
        }
    }

    @Test
    void ofTwoSitesChangesTheLaterStampCountsWhicheverComesFirst() throws Exception {
        try (Admin admin = Admin.create(site.clientSettings())) {
            admin.createTopics(List.of(new NewTopic(OF_B, Topics.PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        long now = System.currentTimeMillis();
        sendTo(OF_B, "all", change("b", now - 1_000, "all", "max-block-size", Optional.of("800")));
        await().atMost(PATIENCE).until(() -> settings() == 1);
        sendTo(
                Topics.CONFIG_EVENTS.name(),
                "all",
                change("a", now - 2_000, "all", "max-block-size", Optional.of("900")));
        sendTo(
                Topics.CONFIG_EVENTS.name(),
                "tenant/lab",
                change("a", now - 2_000, "tenant/lab", "max-window-size", Optional.of("9")));

        await().atMost(PATIENCE).until(() -> settings() == 2);
        assertThat(blockSizeOfAProbe()).isEqualTo(800);

        sendTo(Topics.CONFIG_EVENTS.name(), "all", change("a", now, "all", "max-block-size", Optional.of("900")));

        await().atMost(PATIENCE).until(() -> blockSizeOfAProbe() == 900);
    }

    @Test
    void aRecordThatIsNoGoodIsNotedAndChangesNothing() throws Exception {
        set("all", "max-block-size", "800");
        await().atMost(PATIENCE).until(() -> settings() == 1);
        String digest = digest();

        set("all", "max-block-size", "4");
        set("all", "no-such-setting", "4");
        set("all", "max-staleness", "\"9223372036854775807d\"");
        sendTo(
                Topics.CONFIG_EVENTS.name(),
                "site/a",
                change("a", System.currentTimeMillis(), "all", "max-block-size", Optional.of("512")));
        site.sendRaw(Topics.CONFIG_EVENTS.name(), "all".getBytes(StandardCharsets.UTF_8), new byte[] {9, 9});
        set("all", "max-window-size", "7");

        await().atMost(PATIENCE).until(() -> settings() == 2);
        await().atMost(PATIENCE).until(() -> configuration().path("rejected").asInt() == 5);
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<RejectedRecord> noted = site.read(Topics.REJECTED);
            assertThat(noted)
                    .extracting(RejectedRecord::reason)
                    .anySatisfy(why -> assertThat(why).contains("`max-block-size` is 4; expected 8 to 65464"))
                    .anySatisfy(why -> assertThat(why).contains("`no-such-setting` is not a known setting"))
                    .anySatisfy(why -> assertThat(why).contains("keyed 'site/a' but its setting is for all"))
                    .hasSize(5);
            assertThat(noted).allSatisfy(record -> {
                assertThat(record.processor()).isEqualTo("edge:edge-1");
                assertThat(record.topic()).isEqualTo(Topics.CONFIG_EVENTS.name());
            });
        });
        assertThat(configuration().path("problem").asText()).isEmpty();
        assertThat(configuration().path("lastRejection").asText()).contains(Topics.CONFIG_EVENTS.name());
        assertThat(blockSizeOfAProbe()).isEqualTo(800);
        assertThat(digest()).isNotEqualTo(digest);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        site.read(Topics.NODE_EVENTS).getLast().configuration())
                .isEqualTo(digest()));
    }

    @Test
    void aRecordThatDoesNotGoTogetherWithTheOthersIsLeftOutAndSaid() throws Exception {
        set("all", "stale", "\"refuse\"");
        set("all", "max-window-size", "7");

        await().atMost(PATIENCE).until(() -> settings() == 1);
        assertThat(configuration().path("leftOut")).singleElement().satisfies(one -> {
            assertThat(one.path("name").asText()).isEqualTo("stale");
            assertThat(one.path("scope").asText()).isEqualTo("all");
            assertThat(one.path("reason").asText()).contains("`stale` is refuse without `max-staleness`");
        });
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        site.read(Topics.NODE_EVENTS).getLast().configurationProblem())
                .startsWith("`stale` for all is left out"));

        set("all", "max-staleness", "\"1h\"");

        await().atMost(PATIENCE).until(() -> settings() == 3);
        assertThat(configuration().path("leftOut")).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        site.read(Topics.NODE_EVENTS).getLast().configurationProblem())
                .isEmpty());
    }

    private int blockSizeOfAProbe() throws IOException {
        site.publish("default", "probe", random(5000, 4));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> fetch("probe").length == 5000);
        try (SlowRead read = new SlowRead("probe", 1024)) {
            return read.blockSize;
        }
    }

    /** @param value null unsets */
    private void set(String scope, String name, @Nullable String value) {
        sendTo(
                Topics.CONFIG_EVENTS.name(),
                scope,
                change("a", System.currentTimeMillis(), scope, name, Optional.ofNullable(value)));
    }

    private SettingChanged change(String origin, long millis, String scope, String name, Optional<String> value) {
        counter++;
        return new SettingChanged(
                new EventEnvelope(
                        new EventId(new UUID(0, counter)),
                        new SiteName(origin),
                        HybridTime.of(millis, (int) counter),
                        "test"),
                ConfigScope.parse(scope),
                name,
                value);
    }

    private void sendTo(String topic, String key, SettingChanged change) {
        site.sendRaw(
                topic,
                key.getBytes(StandardCharsets.UTF_8),
                Topics.CONFIG_EVENTS
                        .valueSerde(site.ids())
                        .serializer()
                        .serialize(Topics.CONFIG_EVENTS.name(), change));
    }

    private byte[] fetch(String path) throws IOException {
        return TftpFetch.fetch(node.tftpAddresses().getFirst(), path);
    }

    private int settings() throws IOException, InterruptedException {
        return configuration().path("settings").asInt();
    }

    private String digest() throws IOException, InterruptedException {
        return configuration().path("digest").asText();
    }

    private JsonNode configuration() throws IOException, InterruptedException {
        return JSON.readTree(status("/status")).path("configuration");
    }

    private String status(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + node.httpAddress().getPort() + path);
        return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Writes one block; returns the error message, or nothing when it was taken. */
    private String write(String path, String text) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            byte[] request = ("\0\2" + path + "\0octet\0").getBytes(StandardCharsets.UTF_8);
            InetSocketAddress server = node.tftpAddresses().getFirst();
            socket.send(new DatagramPacket(request, request.length, server));
            DatagramPacket answer = receive(socket);
            if (answer.getData()[1] == 5) {
                return new String(answer.getData(), 4, answer.getLength() - 5, StandardCharsets.UTF_8);
            }
            byte[] data = ("\0\3\0\1" + text).getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(data, data.length, answer.getSocketAddress()));
            DatagramPacket last = receive(socket);
            return last.getData()[1] == 4
                    ? ""
                    : new String(last.getData(), 4, last.getLength() - 5, StandardCharsets.UTF_8);
        }
    }

    private static DatagramPacket receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[70_000], 70_000);
        socket.receive(packet);
        return packet;
    }

    /** A client that reads as far as it is told. */
    private final class SlowRead implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DatagramPacket first;
        private final int blockSize;
        private int block;
        private boolean ended;

        SlowRead(String path, int wanted) throws IOException {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            byte[] request = ("\0\1" + path + "\0octet\0blksize\0" + wanted + "\0timeout\0" + "30\0")
                    .getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(
                    request, request.length, node.tftpAddresses().getFirst()));
            first = receive(socket);
            String[] parts = new String(first.getData(), 2, first.getLength() - 2, StandardCharsets.UTF_8).split("\0");
            assertThat(first.getData()[1]).as("an OACK").isEqualTo((byte) 6);
            blockSize = Integer.parseInt(parts[Arrays.asList(parts).indexOf("blksize") + 1]);
        }

        void read(int blocks) throws IOException {
            for (int i = 0; i < blocks && !ended; ) {
                byte[] ack = {0, 4, (byte) (block >> 8), (byte) block};
                socket.send(new DatagramPacket(ack, ack.length, first.getSocketAddress()));
                DatagramPacket data = receive(socket);
                int number = (data.getData()[2] & 0xFF) << 8 | data.getData()[3] & 0xFF;
                if (data.getData()[1] == 3 && number == block + 1) {
                    bytes.write(data.getData(), 4, data.getLength() - 4);
                    block++;
                    ended = data.getLength() - 4 < blockSize;
                    i++;
                }
            }
        }

        @Override
        public void close() throws IOException {
            byte[] last = {0, 4, (byte) (block >> 8), (byte) block};
            byte[] abort = "\0\5\0\0over\0".getBytes(StandardCharsets.UTF_8);
            byte[] goodbye = ended ? last : abort;
            socket.send(new DatagramPacket(goodbye, goodbye.length, first.getSocketAddress()));
            socket.close();
        }
    }
}
