package io.tftpdc.intake;

/**
 * When the intake ends a transaction before its commit interval does. A transaction costs the broker, the mirrors and all
 * that read committed records about the same whether it holds one file or a thousand, and nothing is processed while it
 * ends. So a record that is processed as soon as it was appended is committed at once, for it has come alone; one that
 * had to wait is among many, and they share the transaction that ends when no more come for a moment, or else with the
 * commit interval.
 *
 * <p>Whether more come is counted in looks, not in milliseconds: while a commit or a large record keeps the thread, it
 * does not look. Used by one stream thread. A broker's clock that is ahead of ours makes every record look lone, one that
 * is behind makes every record wait for a pause; both cost time only.
 */
final class CommitPace {
    /** Milliseconds that a record may have waited to count as lone, and the least between two commits for such ones. */
    static final long LONE_MILLIS = 20;

    /** Looks in a row without a record after which what was processed is committed: 20 to 30 ms. */
    static final int QUIET_LOOKS = 2;

    private final Arrivals arrivals;
    private final Runnable commit;
    private long committedMillis;
    /** Whether a record was processed since the last commit from here; the interval's are not heard of. */
    private boolean waiting;

    private long seen;
    private int quiet;

    /**
     * @param arrivals noted here, and by others on the same thread
     * @param commit asks for the transaction's end soon
     */
    CommitPace(Arrivals arrivals, Runnable commit) {
        this.arrivals = arrivals;
        this.commit = commit;
    }

    /**
     * A record was processed for whose event somebody may wait.
     *
     * @param appendedMillis when the broker appended it
     * @param nowMillis when its processing began
     */
    void taken(long appendedMillis, long nowMillis) {
        arrivals.note();
        if (nowMillis - appendedMillis < LONE_MILLIS && nowMillis - committedMillis >= LONE_MILLIS) {
            committedMillis = nowMillis;
            waiting = false;
            commit.run();
        } else {
            waiting = true;
        }
    }

    /** A record was processed for which nobody waits, such as a part of a file. */
    void takenForLater() {
        arrivals.note();
    }

    /** Has the thread had nothing to do lately? To be asked every {@link PublishIntakeTopology#LOOK}. */
    void look() {
        if (seen != arrivals.records()) {
            seen = arrivals.records();
            quiet = 0;
        } else if (waiting && ++quiet >= QUIET_LOOKS) {
            waiting = false;
            commit.run();
        }
    }
}
