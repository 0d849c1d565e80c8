package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClockSkewTest {
    private static final long NOW = 1_767_225_600_000L;

    @Test
    void anEventIsAcceptedUpToTheAllowedSkewAndNotAMillisecondFurther() {
        ClockSkew skew = new ClockSkew(300_000);

        assertThat(skew.accepts(at(NOW + 300_000), NOW)).isTrue();
        assertThat(skew.accepts(at(NOW + 300_001), NOW)).isFalse();
    }

    @Test
    void anEventFromThePastIsAcceptedHoweverOld() {
        assertThat(ClockSkew.DEFAULT.accepts(at(0), NOW)).isTrue();
    }

    @Test
    void theGreatestPossibleTimeIsRefused() {
        assertThat(ClockSkew.DEFAULT.accepts(stamp(new HybridTime(Long.MAX_VALUE)), NOW))
                .isFalse();
    }

    @Test
    void theReasonNamesTheSiteTheSkewAndTheFix() {
        assertThat(new ClockSkew(1_000).reason(at(NOW + 5_000), NOW))
                .contains("site dc2")
                .contains("5000 ms in the future")
                .contains("at most 1000")
                .contains("NTP");
    }

    @Test
    void aNegativeSkewIsRefused() {
        assertThatThrownBy(() -> new ClockSkew(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static EventStamp at(long millis) {
        return stamp(HybridTime.of(millis, 3));
    }

    private static EventStamp stamp(HybridTime time) {
        return new EventStamp(time, new SiteName("dc2"), new EventId(new UUID(0, 1)));
    }
}
