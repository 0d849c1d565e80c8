package io.tftpdc.edge.upload;

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
        UploadMeters.STORED.counter(meters, stored, LongAdder::doubleValue);
        UploadMeters.SPOOLED.counter(meters, spooled, LongAdder::doubleValue);
        UploadMeters.REFUSED.counter(meters, refused, LongAdder::doubleValue);
        UploadMeters.FAILED.counter(meters, failed, LongAdder::doubleValue);
        UploadMeters.BYTES.counter(meters, bytes, LongAdder::doubleValue);
    }
}
