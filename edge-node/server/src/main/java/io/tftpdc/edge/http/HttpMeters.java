package io.tftpdc.edge.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every meter of the HTTP server. None is labelled with a file name or a client: those belong in events. */
public enum HttpMeters {
    TRANSFERS("tftpdc.edge.http.transfers", Meter.Type.COUNTER, "", "Requests for files that are over, by outcome"),
    SENT("tftpdc.edge.http.sent", Meter.Type.COUNTER, "bytes", "File content written to clients"),
    DURATION(
            "tftpdc.edge.http.duration", Meter.Type.TIMER, "seconds", "From request to last byte, completed transfers"),
    ACTIVE("tftpdc.edge.http.active.transfers", Meter.Type.GAUGE, "", "Transfers running now"),
    CONNECTIONS("tftpdc.edge.http.connections", Meter.Type.GAUGE, "", "Open connections"),
    REFUSED(
            "tftpdc.edge.http.connections.refused",
            Meter.Type.COUNTER,
            "",
            "Connections closed at once because there were too many");

    private final String meterName;
    private final Meter.Type type;
    private final String unit;
    private final String description;

    HttpMeters(String meterName, Meter.Type type, String unit, String description) {
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
