package io.tftpdc.tftp.transfer;

import java.time.Duration;

/**
 * When to send again, and when to give up.
 *
 * @param firstDelay how long to wait for an answer the first time; doubles with each further try
 * @param longestDelay where the doubling stops
 * @param mostRetries how often the same thing is sent again before the transfer is given up, 0 to 255
 * @param shortestDelay no client is expected to answer sooner than this, however fast it has been so far. A client that
 *     has shown how fast it answers is asked again early, from this delay on, without that being counted as a retry
 *     ({@link RetransmitTimer}). As long as {@code firstDelay}: never early.
 */
public record RetransmitPolicy(Duration firstDelay, Duration longestDelay, int mostRetries, Duration shortestDelay) {

    /** Far above the answer time of a LAN and of a busy event loop, far below what a person notices. */
    public static final Duration SHORTEST_DELAY = Duration.ofMillis(10);

    private static final Duration LONGEST_EVER = Duration.ofDays(1);
    private static final Duration BACKED_OFF_INTERVAL = Duration.ofSeconds(1);

    /** Gives a silent client 55 seconds, so that a device that pauses to write its flash survives. */
    public static final RetransmitPolicy DEFAULT =
            new RetransmitPolicy(Duration.ofSeconds(1), Duration.ofSeconds(8), 8);

    public RetransmitPolicy {
        if (firstDelay.isNegative() || firstDelay.isZero()) {
            throw new IllegalArgumentException(
                    "first retransmission after " + firstDelay + "; expected more than zero");
        }
        if (longestDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException(
                    "longest retransmission delay " + longestDelay + " is shorter than the first, " + firstDelay);
        }
        if (longestDelay.compareTo(LONGEST_EVER) > 0) {
            throw new IllegalArgumentException(
                    "longest retransmission delay " + longestDelay + "; expected at most " + LONGEST_EVER);
        }
        if (mostRetries < 0 || mostRetries > 255) {
            throw new IllegalArgumentException(mostRetries + " retries; expected 0 to 255");
        }
        if (shortestDelay.isNegative() || shortestDelay.isZero() || shortestDelay.compareTo(firstDelay) > 0) {
            throw new IllegalArgumentException("shortest retransmission delay " + shortestDelay
                    + "; expected more than zero and at most the first, " + firstDelay);
        }
    }

    /** With the usual {@link #SHORTEST_DELAY}. */
    public RetransmitPolicy(Duration firstDelay, Duration longestDelay, int mostRetries) {
        this(firstDelay, longestDelay, mostRetries, shorter(SHORTEST_DELAY, firstDelay));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** The wait after the first sending ({@code retries} = 0) or after that many retries. */
    public Duration delay(int retries) {
        return Duration.ofNanos(delayNanos(retries));
    }

    /** The same in nanoseconds, allocating nothing. */
    long delayNanos(int retries) {
        long longest = nanos(longestDelay);
        long delay = nanos(firstDelay);
        for (int i = 0; i < retries && delay < longest; i++) {
            delay += delay; // at most twice a day: no overflow
        }
        return Math.min(delay, longest);
    }

    long firstDelayNanos() {
        return nanos(firstDelay);
    }

    long shortestDelayNanos() {
        return nanos(shortestDelay);
    }

    private static long nanos(Duration duration) {
        return duration.getSeconds() * 1_000_000_000L + duration.getNano();
    }

    /** True when {@code retries} retries have been spent. */
    public boolean exhausted(int retries) {
        return retries >= mostRetries;
    }

    /**
     * The interval that a client asked for with the timeout option (RFC 2349) or with utimeout: fixed, without early
     * retransmissions, and without back-off from one second up. Below a second it doubles up to one, because a fixed
     * interval of 10 ms would either give up a client within the blink of an eye or shower it with packets.
     */
    public RetransmitPolicy every(Duration interval) {
        Duration longest = interval.compareTo(BACKED_OFF_INTERVAL) < 0 ? BACKED_OFF_INTERVAL : interval;
        return new RetransmitPolicy(interval, longest, mostRetries, interval);
    }
}
