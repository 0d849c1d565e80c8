package io.tftpdc.index;

import io.tftpdc.event.EventStamp;
import io.tftpdc.event.HybridTime;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps a clock that runs ahead from poisoning the index: an event from too far in the future waits until its time
 * has come, instead of winning at once over all that honest clocks write until then. A process whose own clock is so far
 * behind what it wrote or read would write such events itself, so it writes none.
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
        return accepts(stamp.time(), nowMillis);
    }

    public boolean accepts(HybridTime time, long nowMillis) {
        return time.wallMillis() - nowMillis <= allowedMillis;
    }

    /** What was found, what was expected and what to do, on one line. */
    public String reason(EventStamp stamp, long nowMillis) {
        return "event " + stamp.eventId() + " of site " + stamp.origin() + " is "
                + (stamp.time().wallMillis() - nowMillis) + " ms in the future; expected at most " + allowedMillis
                + ". Set the clock of that site (NTP); the event is kept and counts once that time has come";
    }

    /**
     * Why nothing may be stamped now, because it would wait: the clock was set back, or was ahead before. What was found,
     * what was expected and what to do, on one line; empty when all is well.
     *
     * @param latest the greatest time that was stamped or read here
     * @param otherwise what else can be done when the clock is right and was ahead before: {@code ", or ..."}
     */
    public Optional<String> clockProblem(HybridTime latest, long nowMillis, String otherwise) {
        if (accepts(latest.next(), nowMillis)) {
            return Optional.empty();
        }
        return Optional.of("this machine's clock says " + Instant.ofEpochMilli(nowMillis) + ", but "
                + Instant.ofEpochMilli(latest.wallMillis()) + " was stamped already, "
                + (latest.wallMillis() - nowMillis) + " ms later; expected at most " + allowedMillis
                + " ms. What is published now would not count before that time. Set the clock (NTP) and publish again;"
                + " if it is right and was ahead before, publish again after "
                + Instant.ofEpochMilli(latest.wallMillis() - allowedMillis) + otherwise);
    }
}
