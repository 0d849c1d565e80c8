package io.tftpdc.wire;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The part that all events share. */
final class EnvelopeMapper {
    private EnvelopeMapper() {}

    static io.tftpdc.wire.avro.EventEnvelope toAvro(EventEnvelope envelope) {
        return toAvro(envelope.stamp(), envelope.actor());
    }

    static io.tftpdc.wire.avro.EventEnvelope toAvro(EventStamp stamp, String actor) {
        return new io.tftpdc.wire.avro.EventEnvelope(
                stamp.eventId().toString(), stamp.origin().value(), stamp.time().packed(), actor);
    }

    static EventEnvelope fromAvro(io.tftpdc.wire.avro.EventEnvelope written) {
        return new EventEnvelope(
                EventId.parse(written.getEventId()),
                new SiteName(written.getOrigin()),
                new HybridTime(written.getHybridTime()),
                written.getActor());
    }

    static @Nullable Map<String, Long> toAvro(VersionVector seen) {
        if (!seen.known()) {
            return null;
        }
        Map<String, Long> written = new TreeMap<>();
        seen.latest().forEach((origin, time) -> written.put(origin.value(), time.packed()));
        return written;
    }

    static VersionVector seenFrom(@Nullable Map<String, Long> written) {
        if (written == null) {
            return VersionVector.UNKNOWN;
        }
        Map<SiteName, HybridTime> latest = new TreeMap<>();
        written.forEach((origin, time) -> latest.put(new SiteName(origin), new HybridTime(time)));
        return VersionVector.of(latest);
    }
}
