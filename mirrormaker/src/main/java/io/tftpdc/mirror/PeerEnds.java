package io.tftpdc.mirror;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a peer's partitions hold: where they end, and whether there is a record from an offset on. One thread. */
final class PeerEnds implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration patience;

    /** @param kafka what every client of the peer's Kafka needs */
    PeerEnds(String peer, Map<String, Object> kafka, Duration patience) {
        this.patience = patience;
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", "mirror-lag-" + peer);
        settings.put("request.timeout.ms", (int) patience.toMillis());
        settings.put("default.api.timeout.ms", (int) patience.toMillis());
        admin = Admin.create(settings);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("allow.auto.create.topics", false);
        // One batch is all that is wanted, and it comes whole whatever this says.
        settings.put("max.partition.fetch.bytes", 1024);
        settings.put("max.poll.records", 1);
        try {
            consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (RuntimeException e) {
            admin.close(CLOSE);
            throw e;
        }
    }

    /**
     * The ends of those that are there: what is behind them is not committed yet.
     *
     * @throws KafkaException when the peer does not answer
     */
    Map<TopicPartition, Long> of(List<TopicPartition> partitions) {
        Set<String> there = get(admin.listTopics().names());
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.stream()
                .filter(partition -> there.contains(partition.topic()))
                .forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        if (!wanted.isEmpty()) {
            Map<TopicPartition, ListOffsetsResultInfo> answers =
                    get(admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                            .all());
            answers.forEach((partition, info) -> ends.put(partition, info.offset()));
        }
        return ends;
    }

    /**
     * Looks for the first record from an offset on.
     *
     * @param end where the partition ended when last looked at
     * @throws KafkaException when the peer does not answer
     */
    PartitionProgress.Ahead ahead(TopicPartition partition, long from, long end) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + patience.toNanos();
        long reached = from;
        while (reached < end && System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                return new PartitionProgress.Ahead(record.offset(), Math.max(0, record.timestamp()));
            }
            reached = consumer.position(partition, patience);
        }
        return new PartitionProgress.Ahead(reached, -1);
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        } catch (ExecutionException e) {
            throw new KafkaException(e.getCause());
        }
    }

    @Override
    public void close() {
        admin.close(CLOSE);
        consumer.close(CloseOptions.timeout(CLOSE));
    }
}
