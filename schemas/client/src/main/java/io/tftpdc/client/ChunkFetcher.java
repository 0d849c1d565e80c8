package io.tftpdc.client;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Fetches chunks from where they are said to lie: one consumer, {@code assign} and {@code seek}. What it returns is
 * always what was asked for: seeking an offset that compaction has emptied silently gives the next record, so key and
 * SHA-256 are checked and a chunk that is not at its place is left out of the answer.
 *
 * <p>Chunks asked for together are fetched from all their partitions at once, and reading on where the last call ended
 * costs no seek, so a file that was written in one go is read back in long runs. Reusable by anything that reads
 * content; not for use by several threads at the same time, and blocking.
 */
public final class ChunkFetcher implements AutoCloseable {
    /** After so long without a record the end of the partition is looked at. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final KafkaConsumer<byte[], byte[]> consumer;
    /** Offset after the last record that was taken, for each assigned partition. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** @param kafka {@code bootstrap.servers} and whatever else the cluster asks for */
    public ChunkFetcher(Map<String, ?> kafka) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FileContent.CHUNK_SIZE + 4096);
        // What is asked for is there already; a fetch that waits at the end of a partition only holds up the next.
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5);
        settings.put(ConsumerConfig.CHECK_CRCS_CONFIG, false); // SHA-256 is checked
        settings.putAll(kafka);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** One chunk, or empty when it is not at its place. See {@link #fetch(Map, Duration)}. */
    public Optional<byte[]> fetch(Sha256 hash, ContentLocation location, Duration timeout)
            throws ContentUnavailableException {
        return Optional.ofNullable(fetch(Map.of(hash, location), timeout).get(hash));
    }

    /**
     * Several chunks at once.
     *
     * @return the bytes of those that were found; a chunk missing here is not at its place any more
     * @throws ContentUnavailableException when Kafka did not answer in time
     */
    public Map<Sha256, byte[]> fetch(Map<Sha256, ContentLocation> wanted, Duration timeout)
            throws ContentUnavailableException {
        Map<TopicPartition, Deque<Wanted>> pending = byPartition(wanted);
        Map<Sha256, byte[]> found = new HashMap<>();
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            aim(pending);
            long lastProgress = System.nanoTime();
            while (!pending.isEmpty()) {
                ConsumerRecords<byte[], byte[]> records = poll(pending);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    take(record, pending, found);
                    lastProgress = System.nanoTime();
                }
                long now = System.nanoTime();
                if (records.isEmpty() && now - lastProgress > PATIENCE.toNanos()) {
                    dropBeyondEnd(pending);
                    lastProgress = now;
                }
                if (!pending.isEmpty() && now > deadline) {
                    throw new ContentUnavailableException("Kafka did not give " + pending.keySet() + " within "
                            + timeout.toSeconds() + " s; check that the cluster is reachable");
                }
            }
            return found;
        } catch (KafkaException e) {
            forgetEverything();
            throw new ContentUnavailableException("Kafka did not give content: " + e.getMessage(), e);
        }
    }

    /** Takes a second at most: there is nothing to say good-bye to but the connections. */
    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE));
    }

    private record Wanted(Sha256 hash, long offset) {}

    private static Map<TopicPartition, Deque<Wanted>> byPartition(Map<Sha256, ContentLocation> wanted) {
        Map<TopicPartition, List<Wanted>> lists = new HashMap<>();
        wanted.forEach((hash, location) -> lists.computeIfAbsent(
                        new TopicPartition(location.topic(), location.partition()), partition -> new ArrayList<>())
                .add(new Wanted(hash, location.offset())));
        Map<TopicPartition, Deque<Wanted>> queues = new HashMap<>();
        lists.forEach((partition, list) -> {
            list.sort(Comparator.comparingLong(Wanted::offset));
            queues.put(partition, new ArrayDeque<>(list));
        });
        return queues;
    }

    /** Assigns what is wanted in addition to what is assigned already, and lets only the wanted partitions flow. */
    private void aim(Map<TopicPartition, Deque<Wanted>> pending) {
        if (!positions.keySet().containsAll(pending.keySet())) {
            pending.keySet().forEach(partition -> positions.putIfAbsent(partition, -1L));
            consumer.assign(positions.keySet());
        }
        consumer.pause(positions.keySet());
        consumer.resume(pending.keySet());
        pending.forEach(this::seekToFirst);
    }

    private void seekToFirst(TopicPartition partition, Deque<Wanted> queue) {
        long offset = queue.getFirst().offset();
        if (!Long.valueOf(offset).equals(positions.put(partition, offset))) {
            consumer.seek(partition, offset);
        }
    }

    private ConsumerRecords<byte[], byte[]> poll(Map<TopicPartition, Deque<Wanted>> pending) {
        try {
            return consumer.poll(Duration.ofMillis(100));
        } catch (OffsetOutOfRangeException e) {
            e.offsetOutOfRangePartitions().keySet().forEach(partition -> {
                Deque<Wanted> queue = pending.get(partition);
                if (queue != null) {
                    queue.removeFirst();
                }
                proceed(partition, pending);
            });
            return ConsumerRecords.empty();
        }
    }

    private void take(
            ConsumerRecord<byte[], byte[]> record,
            Map<TopicPartition, Deque<Wanted>> pending,
            Map<Sha256, byte[]> found) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        positions.put(partition, record.offset() + 1);
        Deque<Wanted> queue = pending.get(partition);
        if (queue == null) {
            return;
        }
        // Everything up to this record has either come or is gone.
        while (!queue.isEmpty() && queue.getFirst().offset() <= record.offset()) {
            Wanted wanted = queue.removeFirst();
            if (wanted.offset() == record.offset() && holds(record, wanted.hash())) {
                found.put(wanted.hash(), record.value());
            }
        }
        proceed(partition, pending);
    }

    private static boolean holds(ConsumerRecord<byte[], byte[]> record, Sha256 hash) {
        return record.value() != null
                && Arrays.equals(record.key(), hash.bytes())
                && Sha256.of(record.value()).equals(hash);
    }

    /** Goes to the next wanted chunk of the partition, or stops it when there is none. */
    private void proceed(TopicPartition partition, Map<TopicPartition, Deque<Wanted>> pending) {
        Deque<Wanted> queue = pending.get(partition);
        if (queue != null && !queue.isEmpty()) {
            seekToFirst(partition, queue);
            return;
        }
        pending.remove(partition);
        consumer.pause(List.of(partition));
    }

    private void dropBeyondEnd(Map<TopicPartition, Deque<Wanted>> pending) {
        consumer.endOffsets(pending.keySet()).forEach((partition, end) -> {
            Deque<Wanted> queue = pending.get(partition);
            // The rest of the partition may be nothing but transaction markers and emptied offsets.
            if (queue != null && (queue.getFirst().offset() >= end || consumer.position(partition) >= end)) {
                pending.remove(partition);
                consumer.pause(List.of(partition));
            }
        });
    }

    private void forgetEverything() {
        positions.clear();
        consumer.unsubscribe();
    }
}
