package io.tftpdc.admin.nodes;

import io.tftpdc.event.NodeReported;
import io.tftpdc.placement.KnownNode;
import io.tftpdc.placement.NodeHistory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** What each node said last, and how long ago, by site and name; silent for a week, it is forgotten. Any thread. */
public final class NodeDirectory {
    /** As the topic does, from which all is read again at the next start. */
    private static final long FORGET_AFTER_MILLIS = Duration.ofDays(7).toMillis();

    private static final long FORGET_EVERY_MILLIS = Duration.ofMinutes(1).toMillis();

    private final ConcurrentSkipListMap<String, NodeHistory> nodes = new ConcurrentSkipListMap<>();
    private final LongSupplier clock;
    private final long silentAfterMillis;
    private final AtomicLong forgotAt;

    /**
     * @param clock milliseconds near those of the wall clock, never jumping
     * @param silentAfter after which a node's older reports are believed again, its clock having been put back
     */
    public NodeDirectory(LongSupplier clock, Duration silentAfter) {
        this.clock = clock;
        this.silentAfterMillis = silentAfter.toMillis();
        this.forgotAt = new AtomicLong(clock.getAsLong());
    }

    /** Takes a report that arrives now. */
    public void apply(NodeReported report) {
        long now = clock.getAsLong();
        nodes.compute(
                report.site() + "/" + report.node(),
                (node, known) ->
                        known == null ? NodeHistory.first(report, now) : known.then(report, now, silentAfterMillis));
        forget(now);
    }

    /** Where nodes come and go under ever new names, as pods do, those that are gone would pile up. */
    private void forget(long now) {
        long before = forgotAt.get();
        if (now - before >= FORGET_EVERY_MILLIS && forgotAt.compareAndSet(before, now)) {
            nodes.values().removeIf(node -> node.ageMillis(now) > FORGET_AFTER_MILLIS);
        }
    }

    public List<NodeReported> all() {
        return nodes.values().stream().map(NodeHistory::report).toList();
    }

    /** All nodes, and how long each has said nothing. */
    public List<KnownNode> known() {
        long now = clock.getAsLong();
        return nodes.values().stream().map(history -> history.known(now)).toList();
    }
}
