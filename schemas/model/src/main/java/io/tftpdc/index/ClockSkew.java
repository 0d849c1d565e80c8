package io.tftpdc.index;

import io.tftpdc.event.EventStamp;

/**
 * Keeps a clock that runs ahead from poisoning the index: an event from too far in the future is quarantined instead of
 * winning over all that honest clocks write until that time comes.
 *
 * @param allowedMillis how far ahead of the reader's wall clock an event may be
 */
public record ClockSkew(long allowedMillis) {

    /** Five minutes: what Kerberos tolerates, and far above what NTP leaves. */
    public static final ClockSkew DEFAULT = new ClockSkew(300_000);

    public ClockSkew {
        if (allowedMillis < 0) {
            throw new IllegalArgumentException("allowed clock skew is " + allowedMillis + " ms; expected 0 or more");
        }
    }

    public boolean accepts(EventStamp stamp, long nowMillis) {
        return stamp.time().wallMillis() - nowMillis <= allowedMillis;
    }

    /** What was found, what was expected and what to do, on one line. */
    public String reason(EventStamp stamp, long nowMillis) {
        return "event " + stamp.eventId() + " of site " + stamp.origin() + " is "
                + (stamp.time().wallMillis() - nowMillis) + " ms in the future; expected at most " + allowedMillis
                + ". Set the clock of that site (NTP) and publish again";
    }
}
