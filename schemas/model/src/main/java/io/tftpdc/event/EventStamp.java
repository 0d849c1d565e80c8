package io.tftpdc.event;

/**
 * What decides between two events about the same file, at every site alike: the greater stamp wins. The hybrid time
 * comes first; origin and event id make the order total. All of it travels inside the record, because Kafka's offsets
 * differ from cluster to cluster.
 */
public record EventStamp(HybridTime time, SiteName origin, EventId eventId) implements Comparable<EventStamp> {

    @Override
    public int compareTo(EventStamp other) {
        int byTime = time.compareTo(other.time);
        if (byTime != 0) {
            return byTime;
        }
        int byOrigin = origin.compareTo(other.origin);
        return byOrigin != 0 ? byOrigin : eventId.compareTo(other.eventId);
    }

    @Override
    public String toString() {
        return time + "@" + origin + "#" + eventId;
    }
}
