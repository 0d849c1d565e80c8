package io.tftpdc.placement;

import io.tftpdc.event.NodeReported;
import io.tftpdc.event.ReportAge;

/**
 * What a node said last, and how long ago. Immutable: each report makes a new one.
 *
 * @param report the last one
 * @param age since it was made
 */
public record NodeHistory(NodeReported report, ReportAge age) {
    /** So many live reports in turn show a clock for what it is. */
    static final int STEADY = ReportAge.STEADY;

    /** A node that is heard of for the first time. */
    public static NodeHistory first(NodeReported report, long arrivedAtMillis) {
        return new NodeHistory(report, ReportAge.first(report.reportedAtMillis(), arrivedAtMillis));
    }

    /** Another report, which counts when {@link ReportAge#then} says so, or when the node was started anew. */
    public NodeHistory then(NodeReported next, long nowMillis, long silentAfterMillis) {
        if (next.reportedAtMillis() == report.reportedAtMillis()) {
            return next.startedAtMillis() == report.startedAtMillis() ? this : new NodeHistory(next, age);
        }
        ReportAge later = age.then(next.reportedAtMillis(), nowMillis, silentAfterMillis);
        return later.equals(age) ? this : new NodeHistory(next, later);
    }

    /** Since the last report was made. */
    public long ageMillis(long nowMillis) {
        return age.ageMillis(nowMillis);
    }

    public KnownNode known(long nowMillis) {
        return new KnownNode(report, ageMillis(nowMillis));
    }
}
