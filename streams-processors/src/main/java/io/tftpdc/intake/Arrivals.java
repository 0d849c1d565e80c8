package io.tftpdc.intake;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the stream thread that asks has processed, of whichever partition: its partitions share one transaction. Every thread
 * has its own.
 */
public final class Arrivals {
    private static final long LATELY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final LongSupplier nanos;
    private final ThreadLocal<OfThread> mine = ThreadLocal.withInitial(OfThread::new);

    private static final class OfThread {
        private long records;
        private long lastNanos;
    }

    /** @param nanos monotonic, such as {@link System#nanoTime()} */
    public Arrivals(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A record was processed. */
    void note() {
        OfThread thread = mine.get();
        thread.records++;
        thread.lastNanos = nanos.getAsLong();
    }

    long records() {
        return mine.get().records;
    }

    /** Whether one was processed a moment ago, so that it is worth looking whether more come. */
    public boolean lately() {
        OfThread thread = mine.get();
        return thread.records > 0 && nanos.getAsLong() - thread.lastNanos < LATELY_NANOS;
    }
}
