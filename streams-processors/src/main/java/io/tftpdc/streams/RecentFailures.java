package io.tftpdc.streams;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether stream threads keep failing. A replaced thread runs at once and fails again at the same record, so running
 * alone says nothing; progress of other partitions says nothing either. Time without a failure does. Any thread.
 */
final class RecentFailures {
    /** Three times the longest pause before a thread is replaced. */
    static final Duration CALM = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private int count;
    private long lastNanos;

    RecentFailures(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Notes one and tells how many there were. */
    synchronized int add() {
        lastNanos = nanos.getAsLong();
        return ++count;
    }

    synchronized int count() {
        return count;
    }

    /** Whether there was none for a while. */
    synchronized boolean isCalm() {
        return count == 0 || nanos.getAsLong() - lastNanos >= CALM.toNanos();
    }
}
