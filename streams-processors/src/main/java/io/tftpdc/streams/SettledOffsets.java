package io.tftpdc.streams;

import io.tftpdc.topic.RecordProbe;
import io.tftpdc.topic.RecordProbe.Ahead;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Up to which offset a group has nothing left to read, which may be beyond what it has committed. A group that has not
 * read a record of a partition since its start commits nothing there, not even past a transaction that was taken back,
 * such as that of a MirrorMaker that was killed. So where the group stands still, it is looked whether there is a record
 * at all. Used by one thread.
 */
final class SettledOffsets implements AutoCloseable {
    /** With one partition, and with all of them in one look. */
    private static final Duration PROBING = Duration.ofSeconds(1);

    private final Map<String, Object> kafka;
    private final String clientId;
    private final Map<TopicPartition, Seen> seen = new HashMap<>();
    private long deadlineNanos;
    private @Nullable RecordProbe probe;

    /**
     * A partition at the last look.
     *
     * @param committed where the group was
     * @param ahead what there is from there on, as far as it is known
     */
    private record Seen(long committed, Ahead ahead) {}

    /** @param kafka what every client of the cluster needs */
    SettledOffsets(Map<String, Object> kafka, String clientId) {
        this.kafka = Map.copyOf(kafka);
        this.clientId = clientId;
    }

    /** Begins a look at all partitions, which takes a second or two at most. */
    void beginLook() {
        deadlineNanos = System.nanoTime() + PROBING.toNanos();
    }

    /**
     * The offset of the first record that the group has not read, or up to which there is none.
     *
     * @param end where the partition ends for readers of committed records
     * @throws KafkaException when Kafka does not answer a probe, or this thread was interrupted
     */
    long of(TopicPartition partition, long committed, long end) {
        Seen before = seen.get(partition);
        Ahead ahead = before == null ? new Ahead(-1, -1) : before.ahead();
        if (before == null || before.committed() != committed) {
            ahead = new Ahead(committed, -1); // it moves, so there is no need to look for what it moves towards
        } else if (!ahead.isRecord() && ahead.offset() < end && System.nanoTime() - deadlineNanos < 0) {
            ahead = probe().ahead(partition, ahead.offset(), end);
        }
        seen.put(partition, new Seen(committed, ahead));
        return ahead.offset();
    }

    private RecordProbe probe() {
        RecordProbe open = probe;
        if (open == null) {
            open = new RecordProbe(kafka, clientId, PROBING);
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
