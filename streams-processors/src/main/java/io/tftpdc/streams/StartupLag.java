package io.tftpdc.streams;

import io.tftpdc.topic.RecordProbe;
import io.tftpdc.topic.RecordProbe.Ahead;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far an application is from what its topics held when it started. The ends are looked up once, so that a busy site
 * becomes ready; the group's committed offsets say how far it is. Used by one thread.
 *
 * <p>A group that has not read a record of a partition since its start commits nothing there, not even past a transaction
 * that was taken back, such as that of a MirrorMaker that was killed. So where the group stands still, it is looked
 * whether there is a record at all.
 */
final class StartupLag implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 5;
    /** With one partition, and with all of them in one look. */
    private static final Duration PROBING = Duration.ofSeconds(1);

    private final Admin admin;
    private final String group;
    private final Supplier<RecordProbe> probes;
    /** Where the group has still to come to. */
    private final Map<TopicPartition, Long> ends;

    private final Map<TopicPartition, Seen> seen = new HashMap<>();
    private @Nullable RecordProbe probe;

    /**
     * A partition at the last look.
     *
     * @param committed where the group was
     * @param ahead what there is from there on, as far as it is known
     */
    private record Seen(long committed, Ahead ahead) {}

    private StartupLag(Admin admin, Supplier<RecordProbe> probes, String group, Map<TopicPartition, Long> ends) {
        this.admin = admin;
        this.probes = probes;
        this.group = group;
        this.ends = ends;
    }

    /**
     * Looks up where the topics end now.
     *
     * @param kafka what every client of the cluster needs
     */
    static StartupLag measure(Admin admin, Map<String, Object> kafka, String group, Pattern sources)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> topics = admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS).stream()
                .filter(topic -> sources.matcher(topic).matches())
                .toList();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        for (TopicDescription topic : admin.describeTopics(topics)
                .allTopicNames()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .values()) {
            topic.partitions().forEach(partition -> {
                TopicPartition place = new TopicPartition(topic.name(), partition.partition());
                latest.put(place, OffsetSpec.latest());
                earliest.put(place, OffsetSpec.earliest());
            });
        }
        // Streams never reads beyond the first open transaction, so neither is it waited for.
        Map<TopicPartition, Long> ends = offsets(admin, latest);
        Map<TopicPartition, Long> starts = offsets(admin, earliest);
        ends.entrySet().removeIf(end -> end.getValue().equals(starts.get(end.getKey())));
        return new StartupLag(admin, () -> new RecordProbe(kafka, group + "-lag", PROBING), group, ends);
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, Map<TopicPartition, OffsetSpec> specs)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> found : admin.listOffsets(
                        specs, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .entrySet()) {
            offsets.put(found.getKey(), found.getValue().offset());
        }
        return offsets;
    }

    /**
     * Records before those ends that are not processed yet.
     *
     * @throws KafkaException when Kafka does not answer a probe, or this thread was interrupted
     */
    long remaining() throws ExecutionException, InterruptedException, TimeoutException {
        if (ends.isEmpty()) {
            return 0;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        long deadline = System.nanoTime() + PROBING.toNanos();
        ends.entrySet().removeIf(end -> {
            OffsetAndMetadata position = committed.get(end.getKey());
            return isReached(end.getKey(), position == null ? 0 : position.offset(), end.getValue(), deadline);
        });
        return ends.entrySet().stream()
                .mapToLong(end -> end.getValue() - seenAt(end.getKey()).committed())
                .sum();
    }

    private boolean isReached(TopicPartition partition, long committed, long end, long deadline) {
        Seen before = seenAt(partition);
        Ahead ahead = before.ahead();
        if (before.committed() != committed) {
            ahead = new Ahead(committed, -1); // it moves, so there is no need to look for what it moves towards
        } else if (!ahead.isRecord() && System.nanoTime() - deadline < 0) {
            ahead = probe().ahead(partition, ahead.offset(), end);
        }
        seen.put(partition, new Seen(committed, ahead));
        return ahead.offset() >= end;
    }

    private Seen seenAt(TopicPartition partition) {
        return seen.getOrDefault(partition, new Seen(-1, new Ahead(-1, -1)));
    }

    private RecordProbe probe() {
        RecordProbe open = probe;
        if (open == null) {
            open = probes.get();
            probe = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (probe != null) {
            probe.close();
            probe = null;
        }
    }
}
