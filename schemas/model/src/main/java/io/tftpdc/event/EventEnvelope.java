package io.tftpdc.event;

/**
 * What every event carries.
 *
 * @param eventId names this event for ever
 * @param origin the site where the event was first written
 * @param time hybrid time at the origin
 * @param actor who caused it: {@code user:anna}, {@code kafka:tftp.publish.default}, {@code edge:dc1-edge-1}
 */
public record EventEnvelope(EventId eventId, SiteName origin, HybridTime time, String actor) {

    public EventStamp stamp() {
        return new EventStamp(time, origin, eventId);
    }
}
