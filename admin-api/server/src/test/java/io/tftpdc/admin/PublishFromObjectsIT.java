package io.tftpdc.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.client.PublishReceipt;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.client.TftpdcClient.Publication;
import io.tftpdc.client.TftpdcException;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import io.tftpdc.objects.testing.RangeServer;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.streams.ProcessorsConfig;
import io.tftpdc.streams.StreamsProcessors;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in an object store is published by REST and by record, and read back, without passing through Kafka. */
class PublishFromObjectsIT {
    @TempDir
    static Path directory;

    private static EmbeddedKafka broker;
    private static EmbeddedRegistry registry;
    private static SchemaRegistryClient ids;
    private static StreamsProcessors streams;
    private static RangeServer server;
    private static AdminServer admin;
    private static TftpdcClient client;

    @BeforeAll
    static void start() throws IOException {
        broker = EmbeddedKafka.startForTests(directory.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        ids = SchemaRegistryClient.connect(registry.url());
        streams = StreamsProcessors.start(
                ProcessorsConfig.of(
                        "dc1", broker.bootstrapServers(), 0, URI.create(registry.url()), directory.resolve("streams")),
                ids);
        server = RangeServer.start();
        admin = start("");
        client = new TftpdcClient(URI.create(admin.url()));
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        streams.health().ready().up() && admin.health().ready().up());
    }

    private static AdminServer start(String more) throws IOException {
        String yaml = """
                site: dc1
                port: 0
                kafka: {bootstrap-servers: "%s", replicas: 1}
                registry-url: %s
                streams-url: http://localhost:%d
                tenants: [default, other]
                object-stores:
                  - {name: web, url: "%s", timeout: 20s, tenants: [default]}
                %s
                """.formatted(broker.bootstrapServers(), registry.url(), streams.port(), server.url(), more);
        return AdminServer.start(ConfigFile.parse(AdminConfig.class, "admin.yaml", yaml, name -> null), ids);
    }

    @AfterAll
    static void stop() {
        client.close();
        admin.close();
        server.close();
        streams.close();
        ids.close();
        registry.close();
        broker.close();
    }

    @Test
    void anObjectIsPublishedByRestAndReadBack() throws Exception {
        byte[] image = random(1, 9 * FileContent.CHUNK_SIZE + 5);
        server.put("image.bin", image);

        PublishReceipt receipt = client.publishFrom(
                server.url() + "image.bin", new Publication("default", "rest/image.bin", "", Map.of("model", "x")));

        assertThat(receipt.outcome()).isEqualTo("created");
        assertThat(receipt.sha256()).isEqualTo(Sha256.of(image).hex());
        assertThat(receipt.size()).isEqualTo(image.length);
        assertThat(client.info("default", "rest/image.bin").location()).isEqualTo(server.url() + "image.bin");
        assertThat(read("rest/image.bin")).isEqualTo(image);
    }

    /**
     * For longer than the server lets a connection stand still. That server is another one, which nobody else asks: a
     * connection of the tests above, or of a machine that is busy, must not be cut off for being idle.
     */
    @Test
    void aSlowObjectIsWaitedFor() throws Exception {
        byte[] image = random(2, 10 << 20);
        server.put("slow.bin", image);
        Duration idle = Duration.ofSeconds(3);
        server.makeTrouble(exchange -> {
            if (exchange.getRequestHeaders().getFirst("Range").startsWith("bytes=0-0")) {
                LockSupport.parkNanos(idle.plusMillis(1_500).toNanos());
            }
            return false;
        });
        try (AdminServer impatient = start("idle-timeout: " + idle);
                TftpdcClient waiting = new TftpdcClient(URI.create(impatient.url()))) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> impatient.health().ready().up());
            long begun = System.nanoTime();
            PublishReceipt receipt = waiting.publishFrom(
                    server.url() + "slow.bin", new Publication("default", "rest/slow.bin", "", Map.of()));

            assertThat(receipt.sha256()).isEqualTo(Sha256.of(image).hex());
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(idle);
        } finally {
            server.makeNoTrouble();
        }
    }

    @Test
    void anObjectIsPublishedByRecord() throws Exception {
        byte[] image = random(3, 2 * FileContent.CHUNK_SIZE + 5);
        server.put("recorded.bin", image);
        ByteBuffer list = ByteBuffer.allocate(3 * Sha256.BYTES);
        for (int from = 0; from < image.length; from += FileContent.CHUNK_SIZE) {
            Sha256.of(Arrays.copyOfRange(image, from, Math.min(image.length, from + FileContent.CHUNK_SIZE)))
                    .write(list);
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                "tftp.publish.default", "record/image.bin".getBytes(StandardCharsets.UTF_8), list.array());
        Map.of(
                        "object-location", server.url() + "recorded.bin",
                        "object-size", String.valueOf(image.length),
                        "sha256", Sha256.of(image).hex())
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(record).get();
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> exists("record/image.bin"));
        assertThat(read("record/image.bin")).isEqualTo(image);
    }

    @Test
    void whatCannotBeReadIsNotPublishedAndSaidWithStoreAndStatus() throws Exception {
        server.put("forbidden.bin", random(4, 10));
        server.makeTrouble(exchange -> {
            boolean forbidden = exchange.getRequestURI().getPath().equals("/forbidden.bin");
            if (forbidden) {
                exchange.sendResponseHeaders(403, -1);
            }
            return forbidden;
        });

        refused(422, "of store web, status 403", server.url() + "forbidden.bin", "default");
        refused(422, "of store web, status 404", server.url() + "nowhere.bin", "default");
        refused(422, "no store is configured for it", "http://127.0.0.1:1/x", "default");
        refused(422, "tenant other may not publish from this store", server.url() + "image.bin", "other");
        refused(400, "events are kept for ever", "https://h/x?sig=1", "default");
        server.makeNoTrouble();
        assertThat(exists("refused")).isFalse();
    }

    @Test
    void anObjectAndABodyAreTwoSources() throws Exception {
        server.put("two.bin", random(5, 10));
        URI uri = URI.create(admin.url() + "/api/v1/tenants/default/files/two?from=" + server.url() + "two.bin");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> both = http.send(
                    HttpRequest.newBuilder(uri)
                            .PUT(HttpRequest.BodyPublishers.ofString("body"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            HttpResponse<String> otherHash = http.send(
                    HttpRequest.newBuilder(uri)
                            .header("X-Content-SHA256", Sha256.of(new byte[0]).hex())
                            .PUT(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(both.statusCode()).isEqualTo(400);
            assertThat(both.body()).contains("expected one of them");
            assertThat(otherHash.statusCode()).isEqualTo(422);
        }
    }

    @Test
    void anObjectThatHasChangedIsNotReadBack() throws Exception {
        byte[] image = random(6, 1_000);
        server.put("changing.bin", image);
        client.publishFrom(
                server.url() + "changing.bin", new Publication("default", "rest/changing.bin", "", Map.of()));
        byte[] other = image.clone();
        other[1] ^= 1;
        server.put("changing.bin", other);

        assertThatThrownBy(() -> read("rest/changing.bin"))
                .isInstanceOfSatisfying(TftpdcException.class, problem -> assertThat(problem.status())
                        .isEqualTo(503))
                .hasMessageContaining("has other bytes at 0 than were published");
    }

    private static byte[] read(String path) throws IOException {
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        client.get("default", path, back, size -> {});
        return back.toByteArray();
    }

    private static void refused(int status, String reason, String location, String tenant) {
        assertThatThrownBy(() -> client.publishFrom(location, new Publication(tenant, "refused", "", Map.of())))
                .isInstanceOfSatisfying(TftpdcException.class, problem -> assertThat(problem.status())
                        .isEqualTo(status))
                .hasMessageContaining(reason);
    }

    private static boolean exists(String path) throws IOException {
        try {
            client.info("default", path);
            return true;
        } catch (TftpdcException e) {
            return false;
        }
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
