package io.tftpdc.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.tftpdc.event.NodeReported;
import io.tftpdc.mirror.site.Bandwidth;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far behind a link is, seen from outside of MirrorMaker, with real clusters. */
class LinkWatchIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final String EVENTS = Topics.FILE_EVENTS.name();

    private final DerivedSchemaIds ids = new DerivedSchemaIds();

    @Test
    void lagIsExactThroughTransactionsAndRestartsAndIsReported(@TempDir Path directory) throws Exception {
        HttpServer registry = registry();
        try (TwoSites sites = new TwoSites(directory)) {
            URI url = URI.create("http://127.0.0.1:" + registry.getAddress().getPort());
            SiteFile file = sites.file(Optional.of(url), NEVER, Optional.empty());

            // given records in transactions, one of which was taken back: offsets that are no records
            try (KafkaProducer<byte[], byte[]> producer =
                    TwoSites.producer(sites.there, Map.of("transactional.id", "test"))) {
                producer.initTransactions();
                for (int i = 0; i < 4; i++) {
                    producer.beginTransaction();
                    for (int j = 0; j < 5; j++) {
                        TwoSites.send(producer, EVENTS, 0, "event " + i + " " + j);
                    }
                    producer.flush();
                    if (i == 3) {
                        producer.abortTransaction();
                    } else {
                        producer.commitTransaction();
                    }
                }
            }

            try (MirrorMakerProcess mirror = MirrorMakerProcess.start(file)) {
                // then all that is behind the last record counts for nothing
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(sites.mirroredEvents()).isEqualTo(15);
                    assertThat(TwoSites.metric(mirror, "tftpdc_mirror_lag_records", EVENTS))
                            .isEqualTo(OptionalDouble.of(0));
                    assertThat(TwoSites.metric(mirror, "tftpdc_mirror_lag_seconds", EVENTS))
                            .isEqualTo(OptionalDouble.of(0));
                    assertThat(mirror.status().up())
                            .as(mirror.status().detail())
                            .isTrue();
                });

                // and the report in this site's own topic says the same
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(NullPointerException.class)
                        .untilAsserted(() -> {
                            NodeReported report = lastReport(sites);
                            assertThat(report.role()).isEqualTo("mirror");
                            assertThat(report.state()).isEqualTo("READY");
                            assertThat(report.positions())
                                    .contains(new NodeReported.Position("dc1." + EVENTS, 0, 24, 24))
                                    .allSatisfy(at -> assertThat(at.position()).isEqualTo(at.endOffset()));
                        });

                // and the age of the link is that of the newest report that came through it
                assertThat(TwoSites.metric(mirror, "tftpdc_mirror_heartbeat_age_seconds", ""))
                        .as("nobody has reported at the peer")
                        .matches(age -> Double.isNaN(age.orElseThrow()));
                try (KafkaProducer<byte[], byte[]> producer = TwoSites.producer(sites.there, Map.of())) {
                    TwoSites.send(producer, Topics.NODE_EVENTS.name(), 0, "any");
                }
                await().atMost(PATIENCE)
                        .until(() -> TwoSites.metric(mirror, "tftpdc_mirror_heartbeat_age_seconds", "")
                                        .orElseThrow()
                                < 30);
            }
            assertThat(lastReport(sites).state()).isEqualTo("STOPPED");

            // when records come while nothing mirrors
            try (KafkaProducer<byte[], byte[]> producer = TwoSites.producer(sites.there, Map.of())) {
                for (int i = 0; i < 7; i++) {
                    TwoSites.send(producer, EVENTS, 0, "later " + i);
                }
            }

            // then exactly they are missing, also for one who has not seen what was before
            try (LinkWatch watch = LinkWatch.start(file, file.peers().get(0))) {
                await().atMost(PATIENCE).untilAsserted(() -> {
                    PartitionProgress.Lag lag =
                            watch.state().lagByTopic().getOrDefault(EVENTS, PartitionProgress.Lag.NONE);
                    assertThat(lag.records()).isEqualTo(7);
                    assertThat(lag.millis()).isPositive();
                });
            }
            try (MirrorMakerProcess mirror = MirrorMakerProcess.start(file)) {
                await().atMost(PATIENCE).until(() -> TwoSites.metric(mirror, "tftpdc_mirror_lag_records", EVENTS)
                        .equals(OptionalDouble.of(0)));
                assertThat(sites.mirroredEvents()).isEqualTo(22);
            }
        } finally {
            registry.stop(0);
        }
    }

    @Test
    @Tag("measures")
    void aLinkCarriesNoMoreThanItsBandwidth(@TempDir Path directory) throws Exception {
        int chunks = 24;
        long limit = 2L << 20;
        try (TwoSites sites = new TwoSites(directory)) {
            Random random = new Random(7);
            try (KafkaProducer<byte[], byte[]> producer = TwoSites.producer(sites.there, Map.of())) {
                for (int i = 0; i < chunks; i++) {
                    byte[] chunk = new byte[512 * 1024];
                    random.nextBytes(chunk);
                    producer.send(new ProducerRecord<>(Topics.CONTENT.name(), i % 6, new byte[] {(byte) i}, chunk))
                            .get(10, TimeUnit.SECONDS);
                }
            }
            SiteFile file = sites.file(Optional.empty(), NEVER, Optional.of(Bandwidth.of("2MiB/s")));
            try (MirrorMakerProcess mirror = MirrorMakerProcess.start(file);
                    KafkaConsumer<byte[], byte[]> reader = TwoSites.consumer(
                            sites.here,
                            Topics.CONTENT.mirroredFrom(file.peers().get(0).siteName()))) {
                List<Long> arrivals = new ArrayList<>();
                long[] bytes = new long[1];
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                    for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(20))) {
                        arrivals.add(System.nanoTime());
                        bytes[0] += record.value().length;
                    }
                    return arrivals.size() >= chunks;
                });
                double seconds = (arrivals.get(chunks - 1) - arrivals.get(0)) / 1e9;
                // What came first came with the first fetch, and is paid for before the second.
                double rate = (bytes[0] - 1024.0 * 1024) / seconds;
                System.out.printf("limit %d B/s, measured %.0f B/s over %.1f s%n", limit, rate, seconds);
                assertThat(rate).isBetween(limit * 0.5, limit * 1.2);
                assertThat(mirror.status().detail()).contains("dc1->dc2");
            }
        }
    }

    private NodeReported lastReport(TwoSites sites) {
        @Nullable NodeReported last = null;
        try (KafkaConsumer<byte[], byte[]> consumer = TwoSites.consumer(sites.here, Topics.NODE_EVENTS)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("dc2/mirror-1");
                    last = Topics.NODE_EVENTS.valueSerde(ids).deserializer().deserialize("", record.value());
                }
            }
        }
        return Objects.requireNonNull(last, "no report yet");
    }

    /** Answers with the ids that ours would give. */
    private HttpServer registry() throws Exception {
        ObjectMapper json = new ObjectMapper();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/subjects/", exchange -> {
            String schema =
                    json.readTree(exchange.getRequestBody()).path("schema").asText();
            int id = ids.idOf("any", new Schema.Parser().parse(schema));
            byte[] answer = json.writeValueAsBytes(Map.of("id", id));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }
}
