package io.tftpdc.edge.index;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every meter of the local index. */
public enum IndexMeters {
    ENTRIES("tftpdc.edge.index.entries", Meter.Type.GAUGE, "", "Files in the index, removed ones included"),
    LAG(
            "tftpdc.edge.index.lag",
            Meter.Type.GAUGE,
            "",
            "Records that Kafka has and the index has not, when last looked at"),
    STALENESS(
            "tftpdc.edge.index.staleness",
            Meter.Type.GAUGE,
            "seconds",
            "Since the index was last known to hold all that Kafka has; -1 when it never was"),
    REACHABLE(
            "tftpdc.edge.index.kafka.reachable", Meter.Type.GAUGE, "", "1 when Kafka answered last time, otherwise 0"),
    RECORDS("tftpdc.edge.index.records", Meter.Type.COUNTER, "", "Records read"),
    UNDECODABLE(
            "tftpdc.edge.index.undecodable", Meter.Type.COUNTER, "", "Records skipped because they could not be read"),
    FAILURES(
            "tftpdc.edge.index.failures",
            Meter.Type.COUNTER,
            "",
            "Connections to Kafka that were given up and made anew");

    private final String meterName;
    private final Meter.Type type;
    private final String unit;
    private final String description;

    IndexMeters(String meterName, Meter.Type type, String unit, String description) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.description = description;
    }

    public String meterName() {
        return meterName;
    }

    public Meter.Type type() {
        return type;
    }

    /** The unit, empty for a plain count. */
    public String unit() {
        return unit;
    }

    public String description() {
        return description;
    }

    Counter counter(MeterRegistry meters) {
        return Counter.builder(meterName)
                .description(description)
                .baseUnit(baseUnit())
                .register(meters);
    }

    void gauge(MeterRegistry meters, Supplier<Number> value) {
        Gauge.builder(meterName, value)
                .description(description)
                .baseUnit(baseUnit())
                .register(meters);
    }

    private @Nullable String baseUnit() {
        return unit.isEmpty() ? null : unit;
    }
}
