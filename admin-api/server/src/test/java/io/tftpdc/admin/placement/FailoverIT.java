package io.tftpdc.admin.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.admin.AdminConfig;
import io.tftpdc.admin.AdminServer;
import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites' edge nodes report into Kafka, one of them as MirrorMaker would bring it; then a site falls silent. */
class FailoverIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String OWN = Topics.NODE_EVENTS.name();
    private static final String MIRRORED = "dc2." + OWN;
    private static final Duration SLACK = Duration.ofSeconds(5);
    /** The other site's clock is ten minutes ahead. */
    private static final long AHEAD = 600_000;

    @TempDir
    static Path directory;

    private static final ScheduledExecutorService TIMER = Executors.newScheduledThreadPool(2);
    private static EmbeddedKafka broker;
    private static EmbeddedRegistry registry;
    private static SchemaRegistryClient ids;
    private static KafkaProducer<byte[], byte[]> producer;
    private static AdminServer admin;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedKafka.startForTests(directory.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        ids = SchemaRegistryClient.connect(registry.url());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        try (Admin kafka = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            kafka.createTopics(List.of(new NewTopic(MIRRORED, Optional.of(1), Optional.of((short) 1))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        admin = AdminServer.start(
                AdminConfig.of(
                                "dc1",
                                broker.bootstrapServers(),
                                0,
                                URI.create(registry.url()),
                                // No index: nothing here asks for it.
                                URI.create("http://127.0.0.1:1"))
                        .withPlacement(
                                List.of(
                                        new AdminConfig.Site("dc1", List.of("10.1.0.0/16"), List.of("dc2")),
                                        new AdminConfig.Site("dc2", List.of("10.2.0.0/16"), List.of())),
                                Edges.dns()),
                ids);
    }

    @AfterAll
    static void stop() {
        TIMER.shutdownNow();
        admin.close();
        producer.close(Duration.ofSeconds(2));
        ids.close();
        registry.close();
        broker.close();
    }

    @Test
    void dnsAndRestMoveToTheOtherSiteWithinTheTtlAndFiveSeconds() throws Exception {
        ScheduledFuture<?> dc1 = reporting("dc1", OWN, "10.1.0.", 0);
        ScheduledFuture<?> dc2 = reporting("dc2", MIRRORED, "10.2.0.", AHEAD);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> placed("10.1.0.9").path("edges").size() == 4);

        int port = admin.dnsPort().orElseThrow();
        assertThat(Edges.addresses(port)).containsExactly("10.1.0.1", "10.1.0.2");
        JsonNode before = placed("10.1.0.9");
        assertThat(before.path("site").asText()).isEqualTo("dc1");
        assertThat(before.path("subnet").asText()).isEqualTo("10.1.0.0/16");
        assertThat(before.path("edges").findValuesAsText("site")).containsExactly("dc1", "dc1", "dc2", "dc2");
        assertThat(before.path("edges").path(0).path("why").asText()).contains("3 of 100 transfers");
        assertThat(placed("10.2.0.9").path("edges").path(0).path("site").asText())
                .isEqualTo("dc2");

        dc1.cancel(false);
        long died = System.nanoTime();
        await().atMost(SLACK).pollInterval(Duration.ofMillis(20)).until(() -> Edges.addresses(port)
                .equals(List.of("10.2.0.1", "10.2.0.2")));
        long moved = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - died);
        System.out.println("DNS answers moved to the other site after " + moved + " ms, with the TTL "
                + (moved + Edges.TTL.toMillis()) + " ms");

        assertThat(placed("10.1.0.9").path("edges").findValuesAsText("standing"))
                .containsExactly("live", "live", "silent", "silent");
        HttpResponse<String> lines = get("/api/v1/placement?client=10.1.0.9", "text/plain");
        assertThat(lines.body().lines()).containsExactlyInAnyOrder("10.2.0.1:69", "10.2.0.2:69");
        dc2.cancel(false);
    }

    @Test
    void aClientThatIsNoAddressIsAProblem() throws Exception {
        for (String query : List.of("", "?client=", "?client=example.net")) {
            HttpResponse<String> answer = get("/api/v1/placement" + query, "application/json");

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("urn:tftpdc:problem:bad-client", "expected an address such as 10.1.2.3");
        }
    }

    /** Two nodes that speak once a second. */
    private static ScheduledFuture<?> reporting(String site, String topic, String network, long clock) {
        return TIMER.scheduleAtFixedRate(
                () -> IntStream.rangeClosed(1, 2).forEach(i -> {
                    byte[] key = Topics.NODE_EVENTS.keySerde(ids).serializer().serialize(topic, site + "/edge-" + i);
                    byte[] value = Topics.NODE_EVENTS
                            .valueSerde(ids)
                            .serializer()
                            .serialize(
                                    OWN,
                                    Edges.report(
                                            site,
                                            "edge-" + i,
                                            network + i,
                                            "READY",
                                            System.currentTimeMillis() + clock));
                    producer.send(new ProducerRecord<>(topic, key, value));
                }),
                0,
                1_000,
                TimeUnit.MILLISECONDS);
    }

    private static JsonNode placed(String client) throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/api/v1/placement?client=" + client, "application/json");
        assertThat(answer.statusCode()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(admin.url() + path))
                        .header("Accept", accept)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
