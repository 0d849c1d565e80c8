package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.property.RandomValues;
import io.tftpdc.property.Seeds;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventStampProperties {

    @Test
    void theOrderIsTotalAndAgreesWithEquality() {
        Seeds.check(5_000, random -> {
            RandomValues values = new RandomValues(random);
            EventStamp a = values.envelope().stamp();
            EventStamp b = values.envelope().stamp();
            EventStamp c = values.envelope().stamp();

            assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
            assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
            if (a.compareTo(b) <= 0 && b.compareTo(c) <= 0) {
                assertThat(a).isLessThanOrEqualTo(c);
            }
        });
    }

    @Test
    void timeComesBeforeOriginAndOriginBeforeEventId() {
        EventStamp early = stamp(1, "dc9", 9);
        EventStamp west = stamp(2, "dc1", 9);
        EventStamp east = stamp(2, "dc2", 1);
        EventStamp eastLater = stamp(2, "dc2", 2);

        assertThat(early).isLessThan(west);
        assertThat(west).isLessThan(east);
        assertThat(east).isLessThan(eastLater);
    }

    @Test
    void eventIdsAreOrderedAsTheirTextIs() {
        Seeds.check(5_000, random -> {
            RandomValues values = new RandomValues(random);
            EventId a = values.eventId();
            EventId b = values.eventId();

            assertThat(Integer.signum(a.compareTo(b)))
                    .isEqualTo(Integer.signum(a.toString().compareTo(b.toString())));
            assertThat(EventId.parse(a.toString())).isEqualTo(a);
        });
    }

    private static EventStamp stamp(long millis, String origin, long id) {
        return new EventStamp(HybridTime.of(millis, 0), new SiteName(origin), new EventId(new UUID(0, id)));
    }
}
