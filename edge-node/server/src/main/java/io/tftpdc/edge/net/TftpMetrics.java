package io.tftpdc.edge.net;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Refusal;
import io.tftpdc.edge.policy.RequestLimits;
import io.tftpdc.edge.policy.Verdict;
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
    final Counter bytes;
    final Counter receivedBytes;
    final Counter retransmissions;
    final Counter notSent;
    private final Timer duration;
    private final Map<Outcome, Counter> transfers = new EnumMap<>(Outcome.class);
    private final Map<Verdict, Counter> dropped = new EnumMap<>(Verdict.class);
    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);

    TftpMetrics(MeterRegistry registry, RequestLimits limits) {
        readRequests = counter(registry, TftpMeters.READ_REQUESTS);
        writeRequests = counter(registry, TftpMeters.WRITE_REQUESTS);
        malformed = counter(registry, TftpMeters.MALFORMED);
        strangers = counter(registry, TftpMeters.STRANGERS);
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
        for (Verdict verdict : Verdict.values()) {
            if (!verdict.admits()) {
                dropped.put(verdict, counter(registry, TftpMeters.DROPPED, TftpMeters.REASON, verdict.label()));
            }
        }
        for (Refusal reason : Refusal.values()) {
            refused.put(reason, counter(registry, TftpMeters.REFUSED_NAMES, TftpMeters.REASON, reason.label()));
        }
        Gauge.builder(TftpMeters.UNANSWERED.meterName(), limits, RequestLimits::unanswered)
                .description(TftpMeters.UNANSWERED.description())
                .register(registry);
        Gauge.builder(TftpMeters.ACTIVE.meterName(), limits, RequestLimits::transfers)
                .description(TftpMeters.ACTIVE.description())
                .register(registry);
    }

    /** Counts a request that was dropped. */
    void dropped(Verdict verdict) {
        Counter counter = dropped.get(verdict);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Counts a name that was refused. */
    void refused(Refusal reason) {
        Counter counter = refused.get(reason);
        if (counter != null) {
            counter.increment();
        }
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

    private static Counter counter(MeterRegistry registry, TftpMeters meter, String... tags) {
        Counter.Builder builder = Counter.builder(meter.meterName())
                .description(meter.description())
                .tags(tags);
        return (meter.unit().isEmpty() ? builder : builder.baseUnit(meter.unit())).register(registry);
    }
}
