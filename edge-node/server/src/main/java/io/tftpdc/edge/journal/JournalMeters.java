package io.tftpdc.edge.journal;

import io.tftpdc.runtime.DefinedMeter;
import io.tftpdc.runtime.MeterDefinition;

/** Every meter of reporting what happened. */
public enum JournalMeters implements DefinedMeter {
    JOURNALLED(MeterDefinition.counter("tftpdc.edge.journal.events", "Transfer events written to the local journal")),
    SENT(MeterDefinition.counter("tftpdc.edge.journal.sent", "Transfer events that Kafka has acknowledged")),
    DROPPED(MeterDefinition.counter(
            "tftpdc.edge.journal.dropped", "Transfer events lost because the queue or the journal was full")),
    QUEUED(MeterDefinition.gauge(
            "tftpdc.edge.journal.queued", "Transfer events in memory that are not in the journal yet")),
    WAITING(MeterDefinition.gauge(
            "tftpdc.edge.journal.waiting", "Transfer events in the journal that Kafka has not acknowledged")),
    FAILURES(MeterDefinition.counter(
            "tftpdc.edge.journal.failures", "Times that sending or writing an event failed and is tried again")),
    REPORTS(MeterDefinition.counter("tftpdc.edge.reports", "Reports of this node that Kafka has acknowledged"));

    private final MeterDefinition definition;

    JournalMeters(MeterDefinition definition) {
        this.definition = definition;
    }

    @Override
    public MeterDefinition definition() {
        return definition;
    }
}
