package io.tftpdc.intake;

/**
 * When the intake ends a transaction before its commit interval does. A transaction costs the broker, the mirrors and all
 * that read committed records about the same whether it holds one file or a thousand, and nothing is processed while it
 * ends. So a record that is processed as soon as it was appended is committed at once, for it has come alone; one that
 * had to wait is among many, and they share the transaction that the commit interval ends.
 *
 * <p>Used by one stream thread. A broker's clock that is ahead of ours makes every record look lone, one that is behind
 * makes every record wait for the interval; both cost time only.
 */
final class CommitPace {
    /** Milliseconds that a record may have waited to count as lone, and the least between two commits for such ones. */
    static final long LONE_MILLIS = 20;

    private final Runnable commit;
    private long committedMillis;

    /** @param commit asks for the transaction's end soon */
    CommitPace(Runnable commit) {
        this.commit = commit;
    }

    /**
     * A record was processed.
     *
     * @param appendedMillis when the broker appended it
     * @param nowMillis when its processing began
     */
    void taken(long appendedMillis, long nowMillis) {
        if (nowMillis - appendedMillis < LONE_MILLIS && nowMillis - committedMillis >= LONE_MILLIS) {
            committedMillis = nowMillis;
            commit.run();
        }
    }
}
