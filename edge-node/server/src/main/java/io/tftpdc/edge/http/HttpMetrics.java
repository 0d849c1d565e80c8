package io.tftpdc.edge.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters of {@link HttpMeters}, looked up once. Thread-safe. */
final class HttpMetrics {
    final AtomicInteger active = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    final Counter refused;
    private final Counter sent;
    private final Timer duration;
    private final Map<Outcome, Counter> transfers = new EnumMap<>(Outcome.class);

    HttpMetrics(MeterRegistry meters) {
        refused = HttpMeters.REFUSED.counter(meters);
        sent = HttpMeters.SENT.counter(meters);
        duration = HttpMeters.DURATION.timer(meters);
        for (Outcome outcome : Outcome.values()) {
            transfers.put(
                    outcome,
                    HttpMeters.TRANSFERS.counter(
                            meters, "outcome", outcome.name().toLowerCase(Locale.ROOT)));
        }
        HttpMeters.ACTIVE.gauge(meters, active::get);
        HttpMeters.CONNECTIONS.gauge(meters, connections::get);
    }

    void finished(TransferReport report) {
        Counter counter = transfers.get(report.outcome());
        if (counter != null) {
            counter.increment();
        }
        sent.increment(report.bytesAcknowledged());
        if (report.outcome() == Outcome.COMPLETED) {
            duration.record(report.durationNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
