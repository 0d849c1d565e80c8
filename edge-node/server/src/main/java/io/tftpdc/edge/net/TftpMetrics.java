package io.tftpdc.edge.net;

import io.micrometer.core.instrument.Counter;
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
        readRequests = TftpMeters.READ_REQUESTS.counter(registry);
        writeRequests = TftpMeters.WRITE_REQUESTS.counter(registry);
        malformed = TftpMeters.MALFORMED.counter(registry);
        strangers = TftpMeters.STRANGERS.counter(registry);
        bytes = TftpMeters.BYTES.counter(registry);
        receivedBytes = TftpMeters.RECEIVED.counter(registry);
        retransmissions = TftpMeters.RETRANSMISSIONS.counter(registry);
        notSent = TftpMeters.NOT_SENT.counter(registry);
        duration = TftpMeters.DURATION.timer(registry);
        for (Outcome outcome : Outcome.values()) {
            transfers.put(
                    outcome,
                    TftpMeters.TRANSFERS.counter(
                            registry, TftpMeters.OUTCOME, outcome.name().toLowerCase(Locale.ROOT)));
        }
        for (Verdict verdict : Verdict.values()) {
            if (!verdict.admits()) {
                dropped.put(verdict, TftpMeters.DROPPED.counter(registry, TftpMeters.REASON, verdict.label()));
            }
        }
        for (Refusal reason : Refusal.values()) {
            refused.put(reason, TftpMeters.REFUSED_NAMES.counter(registry, TftpMeters.REASON, reason.label()));
        }
        TftpMeters.UNANSWERED.gauge(registry, limits::unanswered);
        TftpMeters.ACTIVE.gauge(registry, limits::transfers);
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
}
