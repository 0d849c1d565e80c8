package io.tftpdc.event;

/**
 * How long ago somebody said what they said last, when their clock need not be right and their words may have been long on
 * the way. Immutable: each report makes a new one.
 *
 * <p>A report's <em>delay</em> is when it arrived by the listener's clock less when it was made by its maker's. Part of it
 * is the difference between the clocks, the rest the time on the way, and one report cannot tell them apart. The smallest
 * delay seen is taken for the clocks' difference, at first none unless the maker's clock is ahead; what a later report takes
 * beyond that is time on the way and counts as age. So a backlog that comes in at once, after a partition or when the
 * listener starts, does not make anybody look alive that died before it.
 *
 * <p>A delay that has grown and stays is another matter: the maker's clock is behind or was put back. It is believed when
 * {@value #STEADY} reports in turn arrive at the pace at which they were made, which a backlog does not.
 *
 * @param madeAtMillis the last one, by its maker's clock
 * @param arrivedAtMillis by the listener's clock, which never jumps
 * @param skewMillis what is taken for the listener's clock less the maker's, with the shortest way
 * @param steady reports in turn that arrived at the pace at which they were made
 */
public record ReportAge(long madeAtMillis, long arrivedAtMillis, long skewMillis, int steady) {
    /** So many live reports in turn show a clock for what it is. */
    public static final int STEADY = 3;

    /** Somebody who is heard of for the first time. */
    public static ReportAge first(long madeAtMillis, long arrivedAtMillis) {
        return new ReportAge(madeAtMillis, arrivedAtMillis, Math.min(0, arrivedAtMillis - madeAtMillis), 0);
    }

    /**
     * Another report, which counts unless it is no later than the one before. An older one counts too when nothing was
     * heard for longer than {@code silentAfterMillis}: then the maker's clock was put back.
     */
    public ReportAge then(long nextMadeAtMillis, long nowMillis, long silentAfterMillis) {
        long made = nextMadeAtMillis - madeAtMillis;
        if (made == 0 || made < 0 && ageMillis(nowMillis) <= silentAfterMillis) {
            return this;
        }
        long delay = nowMillis - nextMadeAtMillis;
        boolean paced = made > 0 && nowMillis - arrivedAtMillis >= made / 2;
        int inTurn = paced ? Math.min(steady + 1, STEADY) : 0;
        long skew = inTurn == STEADY && delay - skewMillis > silentAfterMillis ? delay : Math.min(skewMillis, delay);
        return new ReportAge(nextMadeAtMillis, nowMillis, skew, inTurn);
    }

    /** Since the last report was made. */
    public long ageMillis(long nowMillis) {
        return Math.max(0, nowMillis - madeAtMillis - skewMillis);
    }
}
