package io.tftpdc.runtime;

import io.micrometer.core.instrument.Meter;

/**
 * What a meter is called and what it says. {@code docs/reference/metrics.md} is made from where these are written down,
 * which is in enums of {@link DefinedMeter}.
 *
 * @param name with dots, such as {@code tftpdc.edge.index.entries}
 * @param unit empty for a plain count
 * @param description a sentence without a full stop
 */
public record MeterDefinition(String name, Meter.Type type, String unit, String description) {

    /** Counts up. */
    public static MeterDefinition counter(String name, String description) {
        return counter(name, "", description);
    }

    /** Counts up in a unit, such as {@code bytes}. */
    public static MeterDefinition counter(String name, String unit, String description) {
        return new MeterDefinition(name, Meter.Type.COUNTER, unit, description);
    }

    /** Goes up and down. */
    public static MeterDefinition gauge(String name, String description) {
        return gauge(name, "", description);
    }

    /** Goes up and down in a unit, such as {@code bytes}. */
    public static MeterDefinition gauge(String name, String unit, String description) {
        return new MeterDefinition(name, Meter.Type.GAUGE, unit, description);
    }

    /** Measures how long something takes. */
    public static MeterDefinition timer(String name, String description) {
        return new MeterDefinition(name, Meter.Type.TIMER, "seconds", description);
    }
}
