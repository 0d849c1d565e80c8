package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.NodeReported;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transactions that a killed MirrorMaker took back. Their offsets count as records that are still to be read, but nobody
 * ever reads them, and a group commits nothing behind them until another record comes.
 */
class AbortedTransactionsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern SOURCES = Pattern.compile("source");
    private static final TopicPartition SOURCE = new TopicPartition("source", 0);

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aStartWithNothingButAnAbortedTransactionAtTheEndBecomesReady() throws Exception {
        try (TestSite site = new TestSite(directory.resolve("kafka"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(site.kafka().bootstrapServers(), 0);
                SchemaRegistryClient ids = SchemaRegistryClient.connect(registry.url());
                Admin admin = admin(site)) {
            ProcessorsConfig config = ProcessorsConfig.of(
                    "dc1", site.kafka().bootstrapServers(), 0, URI.create(registry.url()), directory.resolve("state"));
            try (StreamsProcessors first = StreamsProcessors.start(config, ids)) {
                TestSite.await("the first start", PATIENCE, () -> ready(first).statusCode() == 200);
            }
            admin.createTopics(List.of(new NewTopic("dc2.tftp.file-events", Topics.PARTITIONS, (short) 1)))
                    .all()
                    .get();
            abort(site, "dc2.tftp.file-events", 2);

            try (StreamsProcessors second = StreamsProcessors.start(config, ids)) {
                TestSite.await(
                        "readiness, but it says: " + ready(second).body(),
                        PATIENCE,
                        () -> ready(second).statusCode() == 200);
            }
        }
    }

    @Test
    void recordsAreWaitedForButNotWhatWasTakenBackBehindThem() throws Exception {
        try (TestSite site = new TestSite(directory.resolve("kafka"));
                Admin admin = admin(site)) {
            admin.createTopics(List.of(new NewTopic("source", 1, (short) 1)))
                    .all()
                    .get();
            abort(site, "source", 2);
            StartupLag onlyAborted = StartupLag.measure(admin, clients(site), "group", SOURCES);
            awaitRemaining(onlyAborted, 0);

            append(site, 1);
            long end = end(admin) + 3;
            abort(site, "source", 2);
            try (StartupLag lag = StartupLag.measure(admin, clients(site), "group", SOURCES)) {
                assertThat(end(admin)).isEqualTo(end);
                assertThat(lag.remaining()).isEqualTo(end);
                assertThat(lag.remaining())
                        .as("a record is ahead, however often one looks")
                        .isEqualTo(end);

                commit(admin, end - 3);

                awaitRemaining(lag, 0);
            }
        }
    }

    /** Or the other sites would take what it lacks to be on its way, and never mend it. */
    @Test
    void aGroupIsSaidToBeAtTheEndWhenOnlyWhatWasTakenBackIsAhead() throws Exception {
        try (TestSite site = new TestSite(directory.resolve("kafka"));
                Admin admin = admin(site);
                SettledOffsets settled = new SettledOffsets(clients(site), "positions")) {
            admin.createTopics(List.of(new NewTopic("source", 1, (short) 1)))
                    .all()
                    .get();
            append(site, 1);
            commit(admin, 1);
            abort(site, "source", 2);

            awaitPosition(admin, settled, 4, 4);
            append(site, 1);
            awaitPosition(admin, settled, 4, 5);
            assertThat(GroupPositions.of(admin, "group", SOURCES, settled))
                    .as("a record is ahead, however often one looks")
                    .containsExactly(new NodeReported.Position("source", 0, 4, 5));
            commit(admin, 5);
            awaitPosition(admin, settled, 5, 5);
        }
    }

    private static void awaitPosition(Admin admin, SettledOffsets settled, long position, long end)
            throws InterruptedException {
        NodeReported.Position expected = new NodeReported.Position("source", 0, position, end);
        TestSite.await("position " + position + " of " + end, PATIENCE, () -> {
            try {
                return GroupPositions.of(admin, "group", SOURCES, settled).equals(List.of(expected));
            } catch (ExecutionException | TimeoutException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        });
    }

    private static void awaitRemaining(StartupLag lag, long expected) throws InterruptedException {
        TestSite.await("a lag of " + expected, PATIENCE, () -> {
            try {
                return lag.remaining() == expected;
            } catch (ExecutionException | TimeoutException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        });
    }

    private static Map<String, Object> clients(TestSite site) {
        return Map.of("bootstrap.servers", site.kafka().bootstrapServers());
    }

    private static Admin admin(TestSite site) {
        return Admin.create(clients(site));
    }

    private static long end(Admin admin) throws Exception {
        return admin.listOffsets(Map.of(SOURCE, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                .partitionResult(SOURCE)
                .get()
                .offset();
    }

    private static void commit(Admin admin, long offset) throws Exception {
        admin.alterConsumerGroupOffsets("group", Map.of(SOURCE, new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    private static void append(TestSite site, int records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(clients(site), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>("source", 0, new byte[1], new byte[1]))
                        .get();
            }
        }
    }

    /** A transaction of so many records to the first partition, and the marker of its end. */
    private static void abort(TestSite site, String topic, int records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", site.kafka().bootstrapServers(), "transactional.id", "killed"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, 0, new byte[1], new byte[1]));
            }
            producer.flush();
            producer.abortTransaction();
        }
    }

    private HttpResponse<String> ready(StreamsProcessors processors) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + processors.port() + "/health/ready");
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
