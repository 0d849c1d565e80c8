package io.tftpdc.projection;

import io.tftpdc.event.AlertEvent;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.SiteName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which sites' clocks run ahead, so that an alert is raised once and not for every event, and cleared when
 * that site writes an event with a sound time again. Shared by the tasks of a process; any thread may call it.
 */
final class SkewWatch {
    static final String RULE = "clock-skew";

    /** When an event of this origin was refused last, by our wall clock. */
    private final Map<SiteName, Long> refusedAtMillis = new HashMap<>();

    /** @return the alert to raise, if none is raised for this origin yet */
    synchronized Optional<AlertEvent> refused(
            EventStamp stamp, String reason, long nowMillis, EventEnvelope alertEnvelope) {
        boolean raised = refusedAtMillis.put(stamp.origin(), nowMillis) != null;
        return raised
                ? Optional.empty()
                : Optional.of(new AlertEvent.AlertRaised(
                        alertEnvelope, RULE, stamp.origin().value(), reason));
    }

    /** Whether an accepted event shows that an alert is over: it was written after the last one that was refused. */
    synchronized boolean endsAlert(EventStamp stamp) {
        Long refused = refusedAtMillis.get(stamp.origin());
        return refused != null && stamp.time().wallMillis() > refused;
    }

    /** @return the end of the alert, if one was raised */
    synchronized Optional<AlertEvent> cleared(SiteName origin, EventEnvelope alertEnvelope) {
        return refusedAtMillis.remove(origin) == null
                ? Optional.empty()
                : Optional.of(new AlertEvent.AlertCleared(alertEnvelope, RULE, origin.value()));
    }
}
