package io.tftpdc.edge.index;

import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Knows how current a copy is. Somebody asks Kafka from time to time where its partitions end; once the copy has reached
 * those ends, it is known to hold all that Kafka held when the question was asked. Pure but for its own state; for one
 * thread at a time.
 */
final class Freshness {
    /** Wall clock milliseconds at which the copy is known to have been complete; negative when it never was. */
    private long completeAsOf;

    private long askedAt;
    private Map<TopicPartition, Long> ends = Map.of();
    private boolean pending;

    /** @param completeAsOf as remembered from an earlier run, in wall clock milliseconds; empty when there was none */
    Freshness(OptionalLong completeAsOf) {
        this.completeAsOf = completeAsOf.orElse(-1);
    }

    /** Kafka's answer: where partitions end. Ignored while an answer is being worked off: it would move the target. */
    void ends(long askedAtMillis, Map<TopicPartition, Long> endOffsets) {
        if (!pending) {
            askedAt = askedAtMillis;
            pending = true;
            ends = Map.copyOf(endOffsets);
        }
    }

    /** How far the copy has come; true when this is when it became complete as of the last answer. */
    boolean progressed(Map<TopicPartition, Long> positions) {
        if (!pending || !reached(positions)) {
            return false;
        }
        pending = false;
        completeAsOf = Math.max(completeAsOf, askedAt);
        return true;
    }

    /** The answer that is being worked off belongs to a connection that is gone. */
    void abandon() {
        pending = false;
    }

    /** Wall clock milliseconds; empty when the copy was never complete. */
    OptionalLong completeAsOf() {
        return completeAsOf < 0 ? OptionalLong.empty() : OptionalLong.of(completeAsOf);
    }

    private boolean reached(Map<TopicPartition, Long> positions) {
        return ends.entrySet().stream().allMatch(end -> positions.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }
}
