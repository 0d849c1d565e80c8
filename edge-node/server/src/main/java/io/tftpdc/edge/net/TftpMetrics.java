package io.tftpdc.edge.net;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The meters of {@link TftpMeters}, looked up once so that counting costs no lookup. Thread-safe. */
final class TftpMetrics {

    final Counter readRequests;
    final Counter writeRequests;
    final Counter malformed;
    final Counter strangers;
    final Counter busy;
    final Counter bytes;
    final Counter receivedBytes;
    final Counter retransmissions;
    final Counter notSent;
    private final Timer duration;
    private final Map<Outcome, Counter> transfers = new EnumMap<>(Outcome.class);

    TftpMetrics(MeterRegistry registry, TransferSlots slots) {
        readRequests = counter(registry, TftpMeters.READ_REQUESTS);
        writeRequests = counter(registry, TftpMeters.WRITE_REQUESTS);
        malformed = counter(registry, TftpMeters.MALFORMED);
        strangers = counter(registry, TftpMeters.STRANGERS);
        busy = counter(registry, TftpMeters.BUSY);
        bytes = counter(registry, TftpMeters.BYTES);
        receivedBytes = counter(registry, TftpMeters.RECEIVED);
        retransmissions = counter(registry, TftpMeters.RETRANSMISSIONS);
        notSent = counter(registry, TftpMeters.NOT_SENT);
        duration = Timer.builder(TftpMeters.DURATION.meterName())
                .description(TftpMeters.DURATION.description())
                .register(registry);
        for (Outcome outcome : Outcome.values()) {
            transfers.put(
                    outcome,
                    Counter.builder(TftpMeters.TRANSFERS.meterName())
                            .description(TftpMeters.TRANSFERS.description())
                            .tag(TftpMeters.OUTCOME, outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        Gauge.builder(TftpMeters.ACTIVE.meterName(), slots, TransferSlots::taken)
                .description(TftpMeters.ACTIVE.description())
                .register(registry);
    }

    void finished(TransferReport report) {
        Counter counter = transfers.get(report.outcome());
        if (counter != null) {
            counter.increment();
        }
        if (report.outcome() == Outcome.COMPLETED && report.operation() == Operation.READ) {
            duration.record(Duration.ofNanos(report.durationNanos()));
        }
    }

    private static Counter counter(MeterRegistry registry, TftpMeters meter) {
        Counter.Builder builder = Counter.builder(meter.meterName()).description(meter.description());
        return (meter.unit().isEmpty() ? builder : builder.baseUnit(meter.unit())).register(registry);
    }
}
