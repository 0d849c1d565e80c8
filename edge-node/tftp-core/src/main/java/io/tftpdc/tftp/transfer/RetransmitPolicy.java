package io.tftpdc.tftp.transfer;

import java.time.Duration;

/**
 * When to send again, and when to give up.
 *
 * @param firstDelay how long to wait for an answer the first time; doubles with each further try
 * @param longestDelay where the doubling stops
 * @param mostRetries how often the same thing is sent again before the transfer is given up, 0 to 255
 */
public record RetransmitPolicy(Duration firstDelay, Duration longestDelay, int mostRetries) {

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
        if (mostRetries < 0 || mostRetries > 255) {
            throw new IllegalArgumentException(mostRetries + " retries; expected 0 to 255");
        }
    }

    /** The wait after the first sending ({@code retries} = 0) or after that many retries. */
    public Duration delay(int retries) {
        // Beyond 2^20 times the first delay any sensible longest delay is reached; this keeps the product in range.
        Duration doubled = firstDelay.multipliedBy(1L << Math.min(retries, 20));
        return doubled.compareTo(longestDelay) < 0 ? doubled : longestDelay;
    }

    /** True when {@code retries} retries have been spent. */
    public boolean exhausted(int retries) {
        return retries >= mostRetries;
    }

    /** The interval that a client asked for with the timeout option (RFC 2349): fixed, without back-off. */
    public RetransmitPolicy every(Duration interval) {
        return new RetransmitPolicy(interval, interval, mostRetries);
    }
}
