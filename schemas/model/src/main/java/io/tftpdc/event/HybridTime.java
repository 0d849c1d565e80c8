package io.tftpdc.event;

/**
 * A hybrid logical time: wall-clock milliseconds in the upper 48 bits, a counter in the lower 16. Comparing two of them
 * is comparing two longs.
 *
 * <p>Source: Kulkarni et al., "Logical Physical Clocks" (2014).
 *
 * @param packed {@code wallMillis << 16 | counter}; never negative
 */
public record HybridTime(long packed) implements Comparable<HybridTime> {

    /** The largest counter; one more rolls into the milliseconds. */
    public static final int MAX_COUNTER = 0xFFFF;

    private static final int COUNTER_BITS = 16;

    public HybridTime {
        if (packed < 0) {
            throw new IllegalArgumentException("hybrid time is " + packed + "; expected a value from 0");
        }
    }

    /**
     * @param wallMillis milliseconds since 1970-01-01T00:00Z
     * @param counter 0 to {@value #MAX_COUNTER}
     */
    public static HybridTime of(long wallMillis, int counter) {
        if (wallMillis < 0 || wallMillis >= 1L << 47 || counter < 0 || counter > MAX_COUNTER) {
            throw new IllegalArgumentException("hybrid time of " + wallMillis + " ms, counter " + counter
                    + "; expected 0 to 2^47 ms and a counter of 0 to " + MAX_COUNTER);
        }
        return new HybridTime(wallMillis << COUNTER_BITS | counter);
    }

    public long wallMillis() {
        return packed >>> COUNTER_BITS;
    }

    public int counter() {
        return (int) (packed & MAX_COUNTER);
    }

    /** The smallest time after this one. */
    public HybridTime next() {
        return new HybridTime(packed + 1);
    }

    @Override
    public int compareTo(HybridTime other) {
        return Long.compare(packed, other.packed);
    }

    @Override
    public String toString() {
        return wallMillis() + "." + counter();
    }
}
