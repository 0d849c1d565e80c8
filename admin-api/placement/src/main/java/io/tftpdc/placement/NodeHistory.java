package io.tftpdc.placement;

import io.tftpdc.event.NodeReported;

/**
 * How long ago a node said what it said last, when its clock need not be right and its words may have been long on the
 * way. Immutable: each report makes a new one.
 *
 * <p>A report's <em>delay</em> is when it arrived by the listener's clock less when it was made by the node's. Part of it is
 * the difference between the clocks, the rest the time on the way, and one report cannot tell them apart. The smallest
 * delay seen is taken for the clocks' difference, at first none unless the node's clock is ahead; what a later report takes
 * beyond that is time on the way and counts as age. So a backlog that comes in at once, after a partition or when the
 * listener starts, does not make a node look alive that died before it.
 *
 * <p>A delay that has grown and stays is another matter: the node's clock is behind or was put back. It is believed when
 * {@value #STEADY} reports in turn arrive at the pace at which they were made, which a backlog does not.
 *
 * @param report the last one
 * @param arrivedAtMillis by the listener's clock, which never jumps
 * @param skewMillis what is taken for the listener's clock less the node's, with the shortest way
 * @param steady reports in turn that arrived at the pace at which they were made
 */
public record NodeHistory(NodeReported report, long arrivedAtMillis, long skewMillis, int steady) {
    /** So many live reports in turn show a clock for what it is. */
    static final int STEADY = 3;

    /** A node that is heard of for the first time. */
    public static NodeHistory first(NodeReported report, long arrivedAtMillis) {
        return new NodeHistory(report, arrivedAtMillis, Math.min(0, arrivedAtMillis - report.reportedAtMillis()), 0);
    }

    /**
     * Another report, which counts unless it is older than the one before. An older one counts too when nothing was heard
     * for longer than {@code silentAfterMillis}: then the node's clock was put back.
     */
    public NodeHistory then(NodeReported next, long nowMillis, long silentAfterMillis) {
        long made = next.reportedAtMillis() - report.reportedAtMillis();
        if (made == 0 && next.startedAtMillis() == report.startedAtMillis()) {
            return this; // the same one again
        }
        if (made < 0 && ageMillis(nowMillis) <= silentAfterMillis) {
            return this;
        }
        long delay = nowMillis - next.reportedAtMillis();
        boolean paced = made > 0 && nowMillis - arrivedAtMillis >= made / 2;
        int inTurn = paced ? Math.min(steady + 1, STEADY) : 0;
        long skew = inTurn == STEADY && delay - skewMillis > silentAfterMillis ? delay : Math.min(skewMillis, delay);
        return new NodeHistory(next, nowMillis, skew, inTurn);
    }

    /** Since the last report was made. */
    public long ageMillis(long nowMillis) {
        return Math.max(0, nowMillis - report.reportedAtMillis() - skewMillis);
    }

    public KnownNode known(long nowMillis) {
        return new KnownNode(report, ageMillis(nowMillis));
    }
}
