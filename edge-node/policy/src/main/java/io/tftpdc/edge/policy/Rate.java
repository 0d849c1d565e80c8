package io.tftpdc.edge.policy;

import java.time.Duration;

/**
 * A token bucket of which only one number must be kept: the time at which it will be full again (the generic cell rate
 * algorithm of ATM). A bucket whose time has passed is full, so forgetting it loses nothing.
 *
 * @param interval nanoseconds that a token takes to come
 * @param tolerance nanoseconds before it is full from which on a bucket has a token
 */
record Rate(long interval, long tolerance) {
    private static final long SECOND = 1_000_000_000L;

    /**
     * @param perSecond tokens, on average
     * @param burst how many seconds' worth of them may be taken at once, at least one token
     */
    static Rate of(int perSecond, Duration burst) {
        long interval = Math.max(1, SECOND / perSecond);
        return new Rate(interval, Math.max(0, burst.toNanos() - interval));
    }

    /** Whether a bucket that is full again at {@code full} has a token. */
    boolean allows(long full, long now) {
        return full - now <= tolerance;
    }

    /** When it is full again once a token was taken. */
    long taken(long full, long now) {
        return (full - now > 0 ? full : now) + interval;
    }
}
