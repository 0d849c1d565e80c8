package io.tftpdc.admin.nodes;

import io.tftpdc.event.NodeReported;
import io.tftpdc.placement.KnownNode;
import io.tftpdc.placement.NodeHistory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/** What each node said last, and how long ago, by site and name. Any thread. */
public final class NodeDirectory {
    private final ConcurrentSkipListMap<String, NodeHistory> nodes = new ConcurrentSkipListMap<>();
    private final LongSupplier clock;
    private final long silentAfterMillis;

    /**
     * @param clock milliseconds near those of the wall clock, never jumping
     * @param silentAfter after which a node's older reports are believed again, its clock having been put back
     */
    public NodeDirectory(LongSupplier clock, Duration silentAfter) {
        this.clock = clock;
        this.silentAfterMillis = silentAfter.toMillis();
    }

    /** Takes a report that arrives now. */
    public void apply(NodeReported report) {
        long now = clock.getAsLong();
        nodes.compute(
                report.site() + "/" + report.node(),
                (node, known) ->
                        known == null ? NodeHistory.first(report, now) : known.then(report, now, silentAfterMillis));
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
