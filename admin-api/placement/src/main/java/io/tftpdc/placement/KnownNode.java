package io.tftpdc.placement;

import io.tftpdc.event.NodeReported;

/**
 * A node as it is known here.
 *
 * @param report what it said last
 * @param ageMillis since it said so, by the clock of who listens
 */
public record KnownNode(NodeReported report, long ageMillis) {

    /** Its name among the nodes of all sites. */
    public String id() {
        return report.site() + "/" + report.node();
    }
}
