package io.tftpdc.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that is killed after it has decided to commit a transaction and before the partitions know. What it leaves
 * on disk is made without killing anything: the files of a running broker, copied, and the one record added that it
 * writes when it decides.
 */
class KilledWhileCommittingIT {
    /** Many, so that the broker is busy with them for a while at the start, which is when it went wrong. */
    private static final int PARTITIONS = 200;

    private static final int STARTS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String TOPIC = "facts";
    private static final String GROUP = "readers";
    private static final TopicPartition COMMITTED = new TopicPartition(TOPIC, 0);

    @TempDir
    private Path directory;

    @Test
    void theCommitReachesEveryPartitionAtTheNextStart() throws Exception {
        Path killed = directory.resolve("killed");
        leaveOpenTransaction(killed);
        decideToCommit(killed.resolve("log/__transaction_state-0/00000000000000000000.log"));

        for (int i = 1; i <= STARTS; i++) {
            Path copy = directory.resolve("start-" + i);
            copy(killed, copy);
            try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(copy);
                    Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                awaitAllReadable("start " + i, admin);
                // With a pending commit this call would not be answered.
                assertThat(admin.listConsumerGroupOffsets(
                                        GROUP, new ListConsumerGroupOffsetsOptions().requireStable(true))
                                .partitionsToOffsetAndMetadata()
                                .get())
                        .containsExactly(Map.entry(COMMITTED, new OffsetAndMetadata(7)));
            }
        }
    }

    /** One record to each partition and one committed offset, all in a transaction that has not ended. */
    private void leaveOpenTransaction(Path killed) throws Exception {
        Path running = directory.resolve("running");
        try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(running)) {
            Map<String, Object> address = Map.of("bootstrap.servers", kafka.bootstrapServers());
            try (Admin admin = Admin.create(address)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                        .all()
                        .get();
            }
            Map<String, Object> transactional = new HashMap<>(address);
            transactional.put("transactional.id", "one");
            Map<String, Object> reading = new HashMap<>(address);
            reading.put("group.id", GROUP);
            try (KafkaProducer<String, String> producer =
                            new KafkaProducer<>(transactional, new StringSerializer(), new StringSerializer());
                    KafkaConsumer<String, String> reader =
                            new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    producer.send(new ProducerRecord<>(TOPIC, partition, null, "value"));
                }
                producer.sendOffsetsToTransaction(Map.of(COMMITTED, new OffsetAndMetadata(7)), reader.groupMetadata());
                producer.flush();
                copy(running, killed);
                producer.abortTransaction();
            }
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

    private static void awaitAllReadable(String when, Admin admin) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE);
        Map<TopicPartition, Long> written = ends(admin, IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, Long> readable = ends(admin, IsolationLevel.READ_COMMITTED);
        // The record and the marker behind it.
        while (!readable.equals(written) || written.containsValue(1L)) {
            if (Instant.now().isAfter(deadline)) {
                Map<TopicPartition, Long> end = readable;
                fail(
                        "%s: after %s the transaction is still open on %s",
                        when,
                        PATIENCE,
                        written.keySet().stream()
                                .filter(partition -> end.getOrDefault(partition, 0L) < 2)
                                .toList());
            }
            Thread.sleep(50);
            written = ends(admin, IsolationLevel.READ_UNCOMMITTED);
            readable = ends(admin, IsolationLevel.READ_COMMITTED);
        }
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
