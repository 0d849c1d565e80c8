package io.tftpdc.event;

import java.util.UUID;

/** Names one event for ever, in every site. Ordered as unsigned 128-bit numbers, which is the order of the text. */
public record EventId(UUID value) implements Comparable<EventId> {

    public static EventId parse(String text) {
        return new EventId(UUID.fromString(text));
    }

    @Override
    public int compareTo(EventId other) {
        int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
