package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DefinedMeterTest {
    private enum Meters implements DefinedMeter {
        READ(MeterDefinition.counter("tftpdc.test.read", "bytes", "Bytes read")),
        CALLS(MeterDefinition.counter("tftpdc.test.calls", "Calls, by outcome")),
        OPEN(MeterDefinition.gauge("tftpdc.test.open", "Files open")),
        TOOK(MeterDefinition.timer("tftpdc.test.took", "How long it took"));

        private final MeterDefinition definition;

        Meters(MeterDefinition definition) {
            this.definition = definition;
        }

        @Override
        public MeterDefinition definition() {
            return definition;
        }
    }

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void metersAreRegisteredAsTheyAreDefined() {
        AtomicLong kept = new AtomicLong(7);
        Meters.READ.counter(registry, kept, AtomicLong::get);
        Meters.CALLS.counter(registry, "outcome", "good").increment(2);
        Meters.CALLS.counter(registry, "outcome", "bad").increment();
        Meters.OPEN.gauge(registry, () -> 3);
        Meters.TOOK.timer(registry).record(1500, TimeUnit.MILLISECONDS);

        assertThat(registry.get("tftpdc.test.read").functionCounter().count()).isEqualTo(7);
        assertThat(registry.get("tftpdc.test.calls")
                        .tag("outcome", "good")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("tftpdc.test.open").gauge().value()).isEqualTo(3);
        assertThat(registry.get("tftpdc.test.took").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(1500);
        for (Meters meter : Meters.values()) {
            Meter registered = registry.get(meter.meterName()).meter();
            assertThat(registered.getId().getType())
                    .isEqualTo(meter.definition().type());
            assertThat(registered.getId().getDescription())
                    .isEqualTo(meter.definition().description());
            assertThat(registered.getId().getBaseUnit())
                    .isEqualTo(meter == Meters.READ ? "bytes" : meter == Meters.TOOK ? "seconds" : null);
        }
    }
}
