package io.tftpdc.edge.content;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.Sha256;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The last resort for a chunk that is not at its place: reads its partition from there to the end, since what compaction
 * keeps is the newest copy, then from the beginning. Blocks, and needs a connection of its own; meant to be rare.
 */
final class PartitionScan {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, ?> kafka;
    private final Duration limit;

    PartitionScan(Map<String, ?> kafka, Duration limit) {
        this.kafka = kafka;
        this.limit = limit;
    }

    /** @throws org.apache.kafka.common.KafkaException when Kafka cannot be read */
    Optional<byte[]> find(Sha256 hash, ContentLocation place) {
        TopicPartition partition = new TopicPartition(place.topic(), place.partition());
        long deadline = System.nanoTime() + limit.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long middle = Math.clamp(place.offset(), begin, end);
            Optional<byte[]> after = find(consumer, partition, hash, middle, end, deadline);
            return after.isPresent() ? after : find(consumer, partition, hash, begin, middle, deadline);
        }
    }

    private static Optional<byte[]> find(
            KafkaConsumer<byte[], byte[]> consumer,
            TopicPartition partition,
            Sha256 hash,
            long from,
            long to,
            long deadline) {
        byte[] key = hash.bytes();
        consumer.seek(partition, from);
        while (consumer.position(partition) < to && System.nanoTime() - deadline < 0) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (Arrays.equals(record.key(), key)
                        && record.value() != null
                        && Sha256.of(record.value()).equals(hash)) {
                    return Optional.of(record.value());
                }
            }
        }
        return Optional.empty();
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 16);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        return settings;
    }
}
