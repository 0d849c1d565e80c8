package io.tftpdc.event;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Hands out strictly increasing {@linkplain HybridTime hybrid times}. The wall clock is passed in, so that tests decide
 * what time it is.
 *
 * <p>Any thread may call it; it never blocks.
 */
public final class HybridClock {
    private final LongSupplier wallMillis;
    private final AtomicLong last = new AtomicLong();

    /** @param wallMillis milliseconds since 1970-01-01T00:00Z, for example {@code System::currentTimeMillis} */
    public HybridClock(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    /** A time greater than all that this clock gave or saw, and not before the wall clock. */
    public HybridTime tick() {
        long now = HybridTime.of(wallMillis.getAsLong(), 0).packed();
        return new HybridTime(last.updateAndGet(previous -> Math.max(previous + 1, now)));
    }

    /** The greatest time that this clock gave or saw; zero at first. */
    public HybridTime latest() {
        return new HybridTime(last.get());
    }

    /** What the wall clock says, which may be before {@link #latest}. */
    public long wallMillis() {
        return wallMillis.getAsLong();
    }

    /** After this call {@link #tick} is greater than the given time, which came with an event that this process read. */
    public void observe(HybridTime seen) {
        last.accumulateAndGet(seen.packed(), Math::max);
    }
}
