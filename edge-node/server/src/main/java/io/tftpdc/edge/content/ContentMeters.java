package io.tftpdc.edge.content;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every meter of the content on this node. */
public enum ContentMeters {
    STORED("tftpdc.edge.content.stored", Meter.Type.GAUGE, "bytes", "Chunks on disk"),
    CHUNKS("tftpdc.edge.content.chunks", Meter.Type.GAUGE, "", "Chunks on disk"),
    QUOTA("tftpdc.edge.content.quota", Meter.Type.GAUGE, "bytes", "What chunks may take on disk"),
    PINNED("tftpdc.edge.content.pinned.chunks", Meter.Type.GAUGE, "", "Chunks that a running transfer holds"),
    EVICTIONS("tftpdc.edge.content.evictions", Meter.Type.COUNTER, "", "Chunks dropped to keep the quota"),
    CORRUPT(
            "tftpdc.edge.content.corrupt",
            Meter.Type.COUNTER,
            "",
            "Chunks on disk that were not what their name says, and were dropped"),
    FETCHES("tftpdc.edge.content.fetches", Meter.Type.COUNTER, "", "Chunks fetched from Kafka"),
    FETCHED("tftpdc.edge.content.fetched", Meter.Type.COUNTER, "bytes", "Chunks fetched from Kafka"),
    FETCH_DURATION(
            "tftpdc.edge.content.fetch.duration",
            Meter.Type.TIMER,
            "seconds",
            "From asking for a chunk to having it on disk"),
    FETCH_RETRIES(
            "tftpdc.edge.content.fetch.retries",
            Meter.Type.COUNTER,
            "",
            "Attempts to fetch a chunk that had to be repeated"),
    FETCH_FAILURES(
            "tftpdc.edge.content.fetch.failures", Meter.Type.COUNTER, "", "Chunks that could not be had in time"),
    MOVED("tftpdc.edge.content.moved", Meter.Type.COUNTER, "", "Times that a chunk was not where its place says"),
    WANTED("tftpdc.edge.content.wanted.chunks", Meter.Type.GAUGE, "", "Chunks asked for that are not here yet"),
    EAGER_PENDING(
            "tftpdc.edge.content.eager.pending.files",
            Meter.Type.GAUGE,
            "",
            "Files to be here ahead of time that are not here yet");

    private final String meterName;
    private final Meter.Type type;
    private final String unit;
    private final String description;

    ContentMeters(String meterName, Meter.Type type, String unit, String description) {
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
