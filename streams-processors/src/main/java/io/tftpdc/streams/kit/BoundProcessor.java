package io.tftpdc.streams.kit;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Lets a processor be made when its context is known, so that all its fields are final. Streams makes processors first
 * and hands them the context later, and again whenever a task is resumed.
 */
public final class BoundProcessor<KIn, VIn, KOut, VOut> implements Processor<KIn, VIn, KOut, VOut> {
    private final Function<ProcessorContext<KOut, VOut>, Consumer<Record<KIn, VIn>>> create;
    private @Nullable Consumer<Record<KIn, VIn>> bound;

    public BoundProcessor(Function<ProcessorContext<KOut, VOut>, Consumer<Record<KIn, VIn>>> create) {
        this.create = create;
    }

    @Override
    public void init(ProcessorContext<KOut, VOut> context) {
        bound = create.apply(context);
    }

    @Override
    public void process(Record<KIn, VIn> record) {
        Objects.requireNonNull(bound, "init comes before process").accept(record);
    }

    /** Closes what was made, if it is {@link Closing}. */
    @Override
    public void close() {
        if (bound instanceof Closing closing) {
            closing.close();
        }
    }

    /** A processor that wants to know when its task ends here. */
    public interface Closing {
        void close();
    }
}
