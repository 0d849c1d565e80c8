package io.tftpdc.mirror;

import io.tftpdc.topic.RecordProbe.Ahead;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far one partition of a peer is mirrored, from what is seen of it every few seconds. Pure: clocks come in.
 *
 * <p>An end offset above the position does not mean that something is missing: the ends of transactions, records that
 * were taken back and those that compaction removed have offsets too. So a position that does not move is looked at more
 * closely, once: is there a record behind it, or nothing?
 */
final class PartitionProgress {

    /**
     * How far behind.
     *
     * @param records offsets from the first that is missing to the end; 0 when nothing is
     * @param millis since the first that is missing was written
     */
    record Lag(long records, long millis) {
        static final Lag NONE = new Lag(0, 0);
    }

    /** Half an hour of looks; beyond that, ever coarser. */
    private static final int MOST_SEEN = 1_000;

    /** End offsets, and when each was first seen; those that are mirrored are forgotten. */
    private final TreeMap<Long, Long> seenAt = new TreeMap<>();

    private long position = -1;
    private long end;
    private boolean movedSinceLastLook;
    private @Nullable Ahead ahead;
    /** When the record ahead began to wait without the position moving; -1 while there is none. */
    private long stuckSinceMillis = -1;

    private boolean blind;
    private boolean firstLook = true;

    /** Takes in a look: what is next to be mirrored (empty: nothing ever was) and where the peer's records end. */
    void look(OptionalLong next, long endOffset, long nowMillis) {
        long now = next.orElse(0);
        if (blind && stuckSinceMillis >= 0) {
            stuckSinceMillis = nowMillis;
        }
        blind = false;
        firstLook = position < 0;
        movedSinceLastLook = !firstLook && now != position;
        if (now != position || endOffset < end) {
            ahead = null;
            stuckSinceMillis = -1;
        }
        position = now;
        end = endOffset;
        seenAt.headMap(position, true).clear();
        if (end > position && (seenAt.isEmpty() || seenAt.lastKey() < end)) {
            seenAt.put(end, nowMillis);
            thinOut();
        }
    }

    /** However long a backlog lasts: between two that stay, a lag is told as of the later one. */
    private void thinOut() {
        if (seenAt.size() <= MOST_SEEN) {
            return;
        }
        boolean drop = false;
        long newest = seenAt.lastKey();
        for (Iterator<Long> offsets = seenAt.keySet().iterator(); offsets.hasNext(); drop = !drop) {
            long offset = offsets.next();
            if (drop && offset != newest) {
                offsets.remove();
            }
        }
    }

    /** End offsets that are remembered. */
    int seen() {
        return seenAt.size();
    }

    /** Where to look whether there is a record; empty when that is known or does not matter yet. */
    OptionalLong wanted() {
        if (position >= end || movedSinceLastLook) {
            return OptionalLong.empty();
        }
        Ahead known = ahead;
        if (known == null) {
            return OptionalLong.of(position);
        }
        return known.isRecord() || known.offset() >= end ? OptionalLong.empty() : OptionalLong.of(known.offset());
    }

    /** What was found where it was {@link #wanted}. */
    void found(Ahead found, long nowMillis) {
        ahead = found;
        seenAt.headMap(found.offset(), true).clear();
        if (found.isRecord() && firstLook) {
            // Nobody looked before; the record itself knows how long it has waited.
            seenAt.replaceAll((offset, seen) -> Math.min(seen, found.timestampMillis()));
        }
        if (found.isRecord() && stuckSinceMillis < 0) {
            stuckSinceMillis = nowMillis;
        }
    }

    /** Whether the position is another one than at the last look. */
    boolean moved() {
        return movedSinceLastLook;
    }

    /** One of the two clusters did not answer, so that nobody can be blamed for standing still. */
    void blind() {
        blind = true;
    }

    /** The flow begins anew, with all the time that it may take. */
    void restarted(long nowMillis) {
        if (stuckSinceMillis >= 0) {
            stuckSinceMillis = nowMillis;
        }
    }

    Lag lag(long nowMillis) {
        long from = ahead == null ? position : ahead.offset();
        if (from >= end) {
            return Lag.NONE;
        }
        Map.Entry<Long, Long> since = seenAt.higherEntry(from);
        return new Lag(end - from, since == null ? 0 : Math.max(0, nowMillis - since.getValue()));
    }

    /** Offset at the peer of what is next to be mirrored; the end when there is nothing. */
    long position() {
        return lag(0).records() == 0 ? end : position;
    }

    long end() {
        return end;
    }

    /** For how long a record has waited without the position moving, while both clusters answered. */
    long stuckMillis(long nowMillis) {
        return blind || stuckSinceMillis < 0 ? 0 : nowMillis - stuckSinceMillis;
    }
}
