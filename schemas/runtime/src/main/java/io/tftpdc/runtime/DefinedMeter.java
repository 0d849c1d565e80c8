package io.tftpdc.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A constant of an enum that lists the meters of a part: it holds a definition and can be registered as that says. */
public interface DefinedMeter {
    MeterDefinition definition();

    default String meterName() {
        return definition().name();
    }

    /**
     * Registers a counter.
     *
     * @param tags names and values in turn
     */
    default Counter counter(MeterRegistry meters, String... tags) {
        return Counter.builder(meterName())
                .description(definition().description())
                .baseUnit(baseUnit(this))
                .tags(tags)
                .register(meters);
    }

    /** Registers a counter that somebody else keeps. */
    default <T> void counter(MeterRegistry meters, T keeper, ToDoubleFunction<T> value) {
        FunctionCounter.builder(meterName(), keeper, value)
                .description(definition().description())
                .baseUnit(baseUnit(this))
                .register(meters);
    }

    default void gauge(MeterRegistry meters, Supplier<Number> value) {
        Gauge.builder(meterName(), value)
                .description(definition().description())
                .baseUnit(baseUnit(this))
                .register(meters);
    }

    /** Registers a timer, whose unit is the registry's affair. */
    default Timer timer(MeterRegistry meters) {
        return Timer.builder(meterName())
                .description(definition().description())
                .register(meters);
    }

    private static @Nullable String baseUnit(DefinedMeter meter) {
        String unit = meter.definition().unit();
        return unit.isEmpty() ? null : unit;
    }
}
