package io.tftpdc.index.convergence;

/**
 * Tells from looks at a link now and then whether what was written up to some time has come through, on a link that may
 * never be at its end because more is written all the while: the end of one look is the goal of those that follow. Not
 * thread-safe.
 */
final class LinkGoal {
    /** A report on a link is made of looks at it that are a few seconds old, and was on its way. */
    static final long REPORT_IS_OLD_MILLIS = 5_000;

    private static final long NEVER = Long.MIN_VALUE / 2;

    private boolean set;
    private long goal;
    private long setMillis;
    private long carriedMillis = NEVER;

    void look(LinkProgress seen) {
        // Where the events were made anew, they may end before the goal.
        if (set && seen.position() >= Math.min(goal, seen.end())) {
            carriedMillis = setMillis;
            set = false;
        }
        if (!set) {
            set = true;
            goal = seen.end();
            setMillis = seen.atMillis();
        }
        if (seen.isAtItsEnd()) {
            carriedMillis = seen.atMillis();
        }
    }

    /** Whether all that was there at that time has come through. */
    boolean hasCarried(long millis) {
        return carriedMillis - REPORT_IS_OLD_MILLIS >= millis;
    }
}
