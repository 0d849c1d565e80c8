package io.tftpdc.placement;

import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import java.util.List;
import java.util.Map;

/** Nodes for tests, an edge at rest unless something else is said. */
record Nodes(String site, String node, String state, int active, int capacity, long staleness, long age, String role) {

    static Nodes edge(String site, String node) {
        return new Nodes(site, node, "READY", 0, 100, 200, 500, "edge");
    }

    Nodes state(String other) {
        return new Nodes(site, node, other, active, capacity, staleness, age, role);
    }

    Nodes active(int other) {
        return new Nodes(site, node, state, other, capacity, staleness, age, role);
    }

    Nodes capacity(int other) {
        return new Nodes(site, node, state, active, other, staleness, age, role);
    }

    Nodes staleness(long other) {
        return new Nodes(site, node, state, active, capacity, other, age, role);
    }

    Nodes age(long other) {
        return new Nodes(site, node, state, active, capacity, staleness, other, role);
    }

    Nodes role(String other) {
        return new Nodes(site, node, state, active, capacity, staleness, age, other);
    }

    NodeReported report(long startedAt, long reportedAt) {
        return new NodeReported(
                new SiteName(site),
                node,
                "1",
                state,
                startedAt,
                reportedAt,
                active,
                0,
                0,
                staleness,
                Map.of(),
                List.of(),
                role,
                Map.of("tftp", "192.0.2.1:69"),
                new SiteName(site),
                capacity);
    }

    KnownNode known() {
        return new KnownNode(report(0, 0), age);
    }
}
