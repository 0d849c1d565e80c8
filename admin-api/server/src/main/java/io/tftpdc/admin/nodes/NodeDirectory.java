package io.tftpdc.admin.nodes;

import io.tftpdc.event.NodeReported;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** What each node said last, by site and name. Any thread. */
public final class NodeDirectory {
    private final ConcurrentSkipListMap<String, NodeReported> nodes = new ConcurrentSkipListMap<>();

    public void apply(NodeReported report) {
        nodes.merge(
                report.site() + "/" + report.node(),
                report,
                (known, other) -> known.reportedAtMillis() > other.reportedAtMillis() ? known : other);
    }

    public List<NodeReported> all() {
        return List.copyOf(nodes.values());
    }
}
