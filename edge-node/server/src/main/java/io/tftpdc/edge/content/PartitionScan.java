package io.tftpdc.edge.content;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The last resort for a chunk that is not at its place: reads its partition from there to the end, since what compaction
 * keeps is the newest copy, then from the beginning, then the same partition of every other content topic that the
 * cluster has, its own and those mirrored from peers: a chunk's hash decides on its partition, at every site alike, and
 * mirroring keeps it. Blocks, and needs a connection of its own; meant to be rare.
 */
final class PartitionScan {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration QUESTION = Duration.ofSeconds(2);
    /** Behind a peer's name in the name of what is mirrored from it. */
    private static final String MIRRORED = "." + Topics.CONTENT.name();

    private final Map<String, ?> kafka;
    private final Duration limit;

    PartitionScan(Map<String, ?> kafka, Duration limit) {
        this.kafka = kafka;
        this.limit = limit;
    }

    /** @throws org.apache.kafka.common.KafkaException when Kafka cannot be read */
    Optional<byte[]> find(Sha256 hash, ContentLocation place) {
        try (KafkaConsumer<byte[], byte[]> consumer = connect()) {
            List<TopicPartition> partitions = alike(consumer, place);
            Optional<byte[]> found = Optional.empty();
            for (int i = 0; i < partitions.size() && found.isEmpty(); i++) {
                found = find(consumer, partitions.get(i), hash, place.offset());
            }
            return found;
        }
    }

    /**
     * Those of some topics that the cluster does not have; none when it does not answer within two seconds.
     *
     * @param topics names
     */
    Set<String> lost(Set<String> topics) {
        try (KafkaConsumer<byte[], byte[]> consumer = connect()) {
            Set<String> lost = new HashSet<>(topics);
            lost.removeAll(consumer.listTopics(QUESTION).keySet());
            return lost;
        } catch (KafkaException e) {
            return Set.of();
        }
    }

    private KafkaConsumer<byte[], byte[]> connect() {
        return new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Where the chunk may be: its place's own partition first, if there still is one. */
    private static List<TopicPartition> alike(KafkaConsumer<?, ?> consumer, ContentLocation place) {
        return consumer.listTopics().entrySet().stream()
                .filter(topic -> topic.getKey().equals(place.topic())
                        || topic.getKey().equals(Topics.CONTENT.name())
                        || topic.getKey().endsWith(MIRRORED))
                .filter(topic -> topic.getValue().stream().anyMatch(known -> known.partition() == place.partition()))
                .map(Map.Entry::getKey)
                .sorted(Comparator.<String, Boolean>comparing(name -> !name.equals(place.topic()))
                        .thenComparing(Comparator.naturalOrder()))
                .map(name -> new TopicPartition(name, place.partition()))
                .toList();
    }

    private Optional<byte[]> find(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, Sha256 hash, long near) {
        long deadline = System.nanoTime() + limit.toNanos();
        consumer.assign(List.of(partition));
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long middle = Math.clamp(near, begin, end);
        Optional<byte[]> after = find(consumer, partition, hash, middle, end, deadline);
        return after.isPresent() ? after : find(consumer, partition, hash, begin, middle, deadline);
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
