package io.tftpdc.topic;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks whether a partition has a committed record from an offset on. An end offset above a reader's position does not
 * say so: the ends of transactions, records that were taken back and those that compaction removed have offsets too. One
 * thread.
 */
public final class RecordProbe implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration patience;

    /**
     * What there is from an offset on.
     *
     * @param offset of the first record; without one, the offset up to which there is none
     * @param timestampMillis of that record, by the clock of its producer; -1 without one
     */
    public record Ahead(long offset, long timestampMillis) {
        public boolean isRecord() {
            return timestampMillis >= 0;
        }
    }

    /**
     * @param kafka what every client of the cluster needs
     * @param patience with one partition
     */
    public RecordProbe(Map<String, Object> kafka, String clientId, Duration patience) {
        this.patience = patience;
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", clientId);
        settings.put("request.timeout.ms", (int) patience.toMillis());
        settings.put("default.api.timeout.ms", (int) patience.toMillis());
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("allow.auto.create.topics", false);
        // One batch is all that is wanted, and it comes whole whatever this says.
        settings.put("max.partition.fetch.bytes", 1024);
        settings.put("max.poll.records", 1);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Looks for the first record from an offset on. Without one before the end, what comes back may be short of the end:
     * then the time was up, and the next look goes on from there.
     *
     * @param end where the partition ended when last looked at
     * @throws KafkaException when the cluster does not answer
     */
    public Ahead ahead(TopicPartition partition, long from, long end) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + patience.toNanos();
        long reached = from;
        while (reached < end && System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                return new Ahead(record.offset(), Math.max(0, record.timestamp()));
            }
            reached = consumer.position(partition, patience);
        }
        return new Ahead(reached, -1);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE));
    }
}
