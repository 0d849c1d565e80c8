package io.tftpdc.edge.upload;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.edge.content.TransferReport.Outcome;
import java.util.concurrent.atomic.LongAdder;

/** How uploads ended since the start. Thread-safe. */
final class UploadTally {
    private final LongAdder stored = new LongAdder();
    private final LongAdder spooled = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    void count(UploadResult how) {
        switch (how) {
            case UploadResult.Stored done -> {
                bytes.add(done.size());
                switch (done.where()) {
                    case KAFKA -> stored.increment();
                    case SPOOL -> spooled.increment();
                }
            }
            case UploadResult.Refused why -> (why.outcome() == Outcome.REFUSED ? refused : failed).increment();
        }
    }

    void bindTo(MeterRegistry meters) {
        register(meters, UploadMeters.STORED, stored);
        register(meters, UploadMeters.SPOOLED, spooled);
        register(meters, UploadMeters.REFUSED, refused);
        register(meters, UploadMeters.FAILED, failed);
        register(meters, UploadMeters.BYTES, bytes);
    }

    private static void register(MeterRegistry meters, UploadMeters meter, LongAdder count) {
        FunctionCounter.Builder<LongAdder> builder = FunctionCounter.builder(
                        meter.meterName(), count, LongAdder::doubleValue)
                .description(meter.description());
        (meter.unit().isEmpty() ? builder : builder.baseUnit(meter.unit())).register(meters);
    }
}
