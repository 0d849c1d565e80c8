package io.tftpdc.launcher;

import java.time.Duration;

/**
 * How long to wait before a child that died is started again: 0.2 s at first, doubling up to 10 s, and from the start
 * again once the child has lived for a minute.
 */
final class RestartDelay {

    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration HEALTHY = Duration.ofMinutes(1);

    private Duration next = FIRST;

    Duration next(Duration lived) {
        Duration now = lived.compareTo(HEALTHY) >= 0 ? FIRST : next;
        Duration doubled = now.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return now;
    }
}
