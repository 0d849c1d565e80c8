package io.tftpdc.edge.upload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every meter of uploads. */
public enum UploadMeters {
    STORED("tftpdc.edge.upload.stored", Meter.Type.COUNTER, "", "Uploads acknowledged when Kafka had them"),
    SPOOLED(
            "tftpdc.edge.upload.spooled",
            Meter.Type.COUNTER,
            "",
            "Uploads acknowledged when this node's disk had them, because Kafka was away"),
    REFUSED(
            "tftpdc.edge.upload.refused",
            Meter.Type.COUNTER,
            "",
            "Uploads refused by a rule, a limit or a quota, at once or in the middle"),
    FAILED(
            "tftpdc.edge.upload.failed",
            Meter.Type.COUNTER,
            "",
            "Uploads that were given up: by the client, or because they could not be stored"),
    BYTES("tftpdc.edge.upload.received", Meter.Type.COUNTER, "bytes", "Bytes of acknowledged uploads"),
    ACTIVE("tftpdc.edge.upload.active", Meter.Type.GAUGE, "", "Uploads running now"),
    IN_FLIGHT(
            "tftpdc.edge.upload.in.flight",
            Meter.Type.GAUGE,
            "bytes",
            "Bytes received that are neither on disk nor in Kafka yet"),
    WAITING(
            "tftpdc.edge.upload.spool.waiting",
            Meter.Type.GAUGE,
            "",
            "Acknowledged uploads on this node's disk that Kafka does not have yet"),
    WAITING_BYTES("tftpdc.edge.upload.spool.stored", Meter.Type.GAUGE, "bytes", "Content of the uploads that wait"),
    OLDEST(
            "tftpdc.edge.upload.spool.age",
            Meter.Type.GAUGE,
            "seconds",
            "How long the oldest waiting upload has waited; 0 when none waits"),
    PUBLISHED(
            "tftpdc.edge.upload.spool.published",
            Meter.Type.COUNTER,
            "",
            "Waiting uploads that were published to Kafka after all"),
    FAILURES(
            "tftpdc.edge.upload.spool.failures",
            Meter.Type.COUNTER,
            "",
            "Times that publishing waiting uploads failed and is tried again"),
    DAMAGED(
            "tftpdc.edge.upload.spool.damaged",
            Meter.Type.GAUGE,
            "",
            "Waiting uploads set aside because the disk did not keep what was written");

    private final String meterName;
    private final Meter.Type type;
    private final String unit;
    private final String description;

    UploadMeters(String meterName, Meter.Type type, String unit, String description) {
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
