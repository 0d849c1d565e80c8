package io.tftpdc.edge.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every meter of reporting what happened. */
public enum JournalMeters {
    JOURNALLED("tftpdc.edge.journal.events", Meter.Type.COUNTER, "", "Transfer events written to the local journal"),
    SENT("tftpdc.edge.journal.sent", Meter.Type.COUNTER, "", "Transfer events that Kafka has acknowledged"),
    DROPPED(
            "tftpdc.edge.journal.dropped",
            Meter.Type.COUNTER,
            "",
            "Transfer events lost because the queue or the journal was full"),
    QUEUED(
            "tftpdc.edge.journal.queued",
            Meter.Type.GAUGE,
            "",
            "Transfer events in memory that are not in the journal yet"),
    WAITING(
            "tftpdc.edge.journal.waiting",
            Meter.Type.GAUGE,
            "",
            "Transfer events in the journal that Kafka has not acknowledged"),
    FAILURES(
            "tftpdc.edge.journal.failures",
            Meter.Type.COUNTER,
            "",
            "Times that sending or writing an event failed and is tried again"),
    REPORTS("tftpdc.edge.reports", Meter.Type.COUNTER, "", "Reports of this node that Kafka has acknowledged");

    private final String meterName;
    private final Meter.Type type;
    private final String unit;
    private final String description;

    JournalMeters(String meterName, Meter.Type type, String unit, String description) {
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
