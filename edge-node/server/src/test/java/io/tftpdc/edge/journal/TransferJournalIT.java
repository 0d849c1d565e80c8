package io.tftpdc.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.edge.content.TransferListener;
import io.tftpdc.edge.index.RocksMemory;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.TransferEvent;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import io.tftpdc.wire.SchemaRegistryUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferJournalIT {
    private static final TransferJournal.Bounds BOUNDS = new TransferJournal.Bounds(10_000, 10_000);

    @TempDir
    private static Path siteDirectory;

    private static TestSite site;

    @TempDir
    private Path directory;

    private RocksMemory memory;
    private EventSender sender;
    private TransferJournal journal;

    @BeforeAll
    static void startSite() {
        site = new TestSite(siteDirectory);
    }

    @AfterAll
    static void stopSite() {
        site.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        memory = new RocksMemory(8 << 20);
        open(BOUNDS, site.clientSettings(), site.ids());
    }

    private void open(TransferJournal.Bounds bounds, Map<String, ?> kafka, SchemaIds ids) throws IOException {
        sender = new EventSender(kafka, ids);
        journal = TransferJournal.open(
                directory.resolve("journal"),
                memory,
                bounds,
                new NodeIdentity(new SiteName("a"), "edge-1"),
                new HybridClock(System::currentTimeMillis),
                address -> Tenant.DEFAULT,
                sender);
    }

    private void reopen(TransferJournal.Bounds bounds, Map<String, ?> kafka, SchemaIds ids) throws IOException {
        close();
        memory = new RocksMemory(8 << 20);
        open(bounds, kafka, ids);
    }

    @AfterEach
    void close() {
        journal.close();
        sender.close();
        memory.close();
    }

    @Test
    void everyTransferReachesKafkaOnceAndLeavesTheJournal() {
        journal.start();
        report("once", 0, 1000);

        await().atMost(Duration.ofSeconds(15)).until(() -> read("once").size() >= 1000);

        assertThat(names("once")).isEqualTo(expected("once", 1000));
        await().atMost(Duration.ofSeconds(5)).until(() -> journal.waiting() == 0);
        assertThat(journal.dropped()).isZero();
        assertThat(ids("once")).hasSize(1000);
    }

    @Test
    void whatHappensWhileKafkaIsAwayIsToldAfterARestartUnderTheSameIds() throws Exception {
        site.kafka().stop();
        try {
            journal.start();
            report("away", 0, 100);
            await().atMost(Duration.ofSeconds(10)).until(() -> journal.waiting() == 100);
            reopen(BOUNDS, site.clientSettings(), site.ids());
            assertThat(journal.waiting()).isEqualTo(100);
            journal.start();
            report("away", 100, 200);
            await().atMost(Duration.ofSeconds(10)).until(() -> journal.waiting() == 200);
        } finally {
            site.kafka().start();
        }

        await().atMost(Duration.ofSeconds(60)).until(() -> journal.waiting() == 0);

        assertThat(names("away")).isEqualTo(expected("away", 200));
        assertThat(ids("away")).as("a repetition has the id of the first time").hasSize(200);
    }

    @Test
    void closingWithAsMuchOnItsWayAsMayBeTakesSecondsWhenKafkaIsAway() throws Exception {
        journal.start();
        report("late", 0, 1); // the producer knows the cluster from here on
        await().atMost(Duration.ofSeconds(15)).until(() -> read("late").size() == 1);
        site.kafka().stop();
        try {
            report("late", 1, 5_000);
            // Or none is taken any more, when the producer heard of the broker's leaving in time.
            await().atMost(Duration.ofSeconds(20)).until(() -> journal.inFlight() == 2_000 || sender.isAway());
            long start = System.nanoTime();

            journal.close();
            sender.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        } finally {
            site.kafka().start();
        }
        reopen(BOUNDS, site.clientSettings(), site.ids());
        journal.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> journal.waiting() == 0);
        assertThat(names("late")).isEqualTo(expected("late", 5_000));
    }

    @Test
    void registryThatIsAwayLosesNothing() throws Exception {
        reopen(BOUNDS, site.clientSettings(), new AwayRegistry());
        journal.start();
        report("registry", 0, 10);
        await().atMost(Duration.ofSeconds(10)).until(() -> journal.waiting() == 10);

        reopen(BOUNDS, site.clientSettings(), site.ids());
        journal.start();

        await().atMost(Duration.ofSeconds(15)).until(() -> journal.waiting() == 0);
        assertThat(names("registry")).isEqualTo(expected("registry", 10));
    }

    @Test
    void whatWasReportedJustBeforeClosingIsNotLost() throws Exception {
        journal.start();
        report("closing", 0, 500);
        reopen(BOUNDS, site.clientSettings(), site.ids());
        journal.start();

        await().atMost(Duration.ofSeconds(15)).until(() -> journal.waiting() == 0);

        assertThat(names("closing")).isEqualTo(expected("closing", 500));
    }

    @Test
    void reportingNeverBlocksAndWhatDoesNotFitIsCounted() throws Exception {
        reopen(new TransferJournal.Bounds(10, 10_000), site.clientSettings(), site.ids());

        report("overflow", 0, 25); // nobody takes them down: the journal was not started

        assertThat(journal.dropped()).isEqualTo(15);
    }

    @Test
    void fullJournalDropsWhatComesLastAndCountsIt() throws Exception {
        Map<String, Object> away = Map.of("bootstrap.servers", "127.0.0.1:1");
        reopen(new TransferJournal.Bounds(1000, 50), away, site.ids());
        journal.start();

        report("full", 0, 80);

        await().atMost(Duration.ofSeconds(10)).until(() -> journal.dropped() == 30);
        assertThat(journal.waiting()).isEqualTo(50);
    }

    private void report(String name, int from, int to) {
        TransferListener listener = journal.listener("tftp");
        for (int i = from; i < to; i++) {
            listener.finished(Reports.completed("default", name + "/" + i, ""));
        }
    }

    private static Set<String> expected(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + "/" + i).collect(Collectors.toSet());
    }

    private static Set<String> names(String name) {
        return read(name).stream().map(TransferEvent::path).collect(Collectors.toSet());
    }

    private static Set<EventId> ids(String name) {
        return new HashSet<>(
                read(name).stream().map(event -> event.envelope().eventId()).toList());
    }

    /** All events below a path that are in the topic now. */
    private static List<TransferEvent> read(String name) {
        Map<String, Object> settings = new HashMap<>(site.clientSettings());
        settings.put("auto.offset.reset", "earliest");
        List<TransferEvent> events = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.TRANSFER_EVENTS.name()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    TransferEvent event = Topics.TRANSFER_EVENTS
                            .valueSerde(site.ids())
                            .deserializer()
                            .deserialize(record.topic(), record.value());
                    if (event.path().startsWith(name + "/")) {
                        events.add(event);
                    }
                });
            }
        }
        return events;
    }

    private static final class AwayRegistry implements SchemaIds {
        @Override
        public int idOf(String subject, Schema schema) {
            throw new SchemaRegistryUnavailableException("away", null);
        }

        @Override
        public Schema schemaOf(int id) {
            throw new SchemaRegistryUnavailableException("away", null);
        }
    }
}
