package io.tftpdc.broker;

import static org.apache.kafka.metadata.LeaderConstants.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.metadata.PartitionChangeRecord;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that has decided to commit a transaction, and has no leader for its partitions before it could tell them;
 * which is what a kill in the middle of a commit leaves to the next start.
 */
class KilledWhileCommittingIT {
    private static final int PARTITIONS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TOPIC = "facts";
    private static final String TRANSACTIONAL_ID = "one";
    private static final String GROUP = "readers";
    private static final TopicPartition COMMITTED = new TopicPartition(TOPIC, 0);

    @TempDir
    private Path directory;

    @Test
    void theCommitWaitsForPartitionsThatHaveNoLeader() throws Exception {
        // No records that say nothing, each of which would bring the leaders back.
        BrokerConfig config =
                BrokerConfig.inProcess(directory).withExtraSettings(Map.of("metadata.max.idle.interval.ms", "0"));
        try (EmbeddedKafka kafka = started(config);
                Admin admin = admin(kafka);
                KafkaProducer<String, String> producer = producer(kafka)) {
            openTransaction(kafka, admin, producer);
            KRaftMetadataCache cache = kafka.metadataCache();
            MetadataImage before = cache.getImage();
            cache.setImage(withoutLeaders(before));

            producer.commitTransaction();
            awaitMarkersHeld(admin);
            cache.setImage(before);

            awaitCommitted(admin);
        }
    }

    /** What it leaves on disk is made without a kill: the files of a running broker, copied, and one record added. */
    @Test
    void theCommitReachesEveryPartitionAtTheNextStart() throws Exception {
        Path running = directory.resolve("running");
        Path killed = directory.resolve("killed");
        try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(running);
                Admin admin = admin(kafka);
                KafkaProducer<String, String> producer = producer(kafka)) {
            openTransaction(kafka, admin, producer);
            copy(running, killed);
            producer.abortTransaction();
        }
        decideToCommit(killed.resolve("log/__transaction_state-0/00000000000000000000.log"));

        try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(killed);
                Admin admin = admin(kafka)) {
            awaitCommitted(admin);
        }
    }

    private static EmbeddedKafka started(BrokerConfig config) {
        EmbeddedKafka kafka = new EmbeddedKafka(config);
        kafka.start();
        return kafka;
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", TRANSACTIONAL_ID),
                new StringSerializer(),
                new StringSerializer());
    }

    /** One record to each partition and one committed offset, all on disk, in a transaction that has not ended. */
    private static void openTransaction(EmbeddedKafka kafka, Admin admin, KafkaProducer<String, String> producer)
            throws Exception {
        admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                .all()
                .get();
        Map<String, Object> reading = Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", GROUP);
        try (KafkaConsumer<String, String> reader =
                new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                producer.send(new ProducerRecord<>(TOPIC, partition, null, "value"));
            }
            producer.sendOffsetsToTransaction(Map.of(COMMITTED, new OffsetAndMetadata(7)), reader.groupMetadata());
            producer.flush();
        }
    }

    /** All but the transaction log, without which nobody could ask how the transaction stands. */
    private static MetadataImage withoutLeaders(MetadataImage image) {
        MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
        for (String topic : List.of(TOPIC, Topic.GROUP_METADATA_TOPIC_NAME)) {
            TopicImage partitions = Objects.requireNonNull(image.topics().getTopic(topic), topic);
            for (Integer partition : partitions.partitions().keySet()) {
                delta.replay(new PartitionChangeRecord()
                        .setTopicId(partitions.id())
                        .setPartitionId(partition)
                        .setLeader(NO_LEADER));
            }
        }
        return delta.apply(image.provenance());
    }

    /** Until the coordinator has looked for the leaders, and found none. */
    private static void awaitMarkersHeld(Admin admin) throws Exception {
        ObjectName held = new ObjectName(
                "kafka.coordinator.transaction:type=TransactionMarkerChannelManager,name=UnknownDestinationQueueSize");
        Instant deadline = Instant.now().plus(PATIENCE);
        while ((Integer) ManagementFactory.getPlatformMBeanServer().getAttribute(held, "Value") == 0) {
            assertThat(admin.describeTransactions(List.of(TRANSACTIONAL_ID))
                            .description(TRANSACTIONAL_ID)
                            .get()
                            .state())
                    .as("complete only once the partitions know")
                    .isEqualTo(org.apache.kafka.clients.admin.TransactionState.PREPARE_COMMIT);
            assertThat(Instant.now()).as("markers are held in time").isBefore(deadline);
        }
    }

    /** Adds what the coordinator writes when it is told to commit: the same transaction with the next epoch. */
    private static void decideToCommit(Path transactionLog) throws IOException {
        try (FileRecords log = FileRecords.open(transactionLog.toFile(), true)) {
            RecordBatch lastBatch = StreamSupport.stream(log.batches().spliterator(), false)
                    .reduce((former, next) -> next)
                    .orElseThrow();
            Record last = lastBatch.iterator().next();
            TransactionMetadata open =
                    ((TransactionLog.TxnRecord) TransactionLog.read(last.key(), last.value())).metadata();
            assertThat(open.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(open.topicPartitions()).hasSize(PARTITIONS + 1);
            TxnTransitMetadata prepared = open.prepareAbortOrCommit(
                    TransactionState.PREPARE_COMMIT,
                    TransactionVersion.TV_2,
                    RecordBatch.NO_PRODUCER_ID,
                    System.currentTimeMillis(),
                    false);
            log.append(MemoryRecords.withRecords(
                    lastBatch.nextOffset(),
                    Compression.NONE,
                    lastBatch.partitionLeaderEpoch(),
                    new SimpleRecord(
                            System.currentTimeMillis(),
                            TransactionLog.keyToBytes(open.transactionalId()),
                            TransactionLog.valueToBytes(prepared, TransactionVersion.TV_2))));
            log.flush();
        }
    }

    private static void awaitCommitted(Admin admin) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE);
        Map<TopicPartition, Long> readable = ends(admin, IsolationLevel.READ_COMMITTED);
        // Each has the record, and the marker behind it.
        while (readable.values().stream().anyMatch(end -> end < 2)) {
            assertThat(Instant.now())
                    .as("after %s the transaction is still open on partitions that end at %s", PATIENCE, readable)
                    .isBefore(deadline);
            readable = ends(admin, IsolationLevel.READ_COMMITTED);
        }
        assertThat(readable).isEqualTo(ends(admin, IsolationLevel.READ_UNCOMMITTED));
        // With a pending commit this call would not be answered.
        assertThat(admin.listConsumerGroupOffsets(GROUP, new ListConsumerGroupOffsetsOptions().requireStable(true))
                        .partitionsToOffsetAndMetadata()
                        .get())
                .containsExactly(Map.entry(COMMITTED, new OffsetAndMetadata(7)));
    }

    private static Map<TopicPartition, Long> ends(Admin admin, IsolationLevel isolation) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> found = admin.listOffsets(latest, new ListOffsetsOptions(isolation))
                .all()
                .get();
        return found.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                .offset()));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }
}
