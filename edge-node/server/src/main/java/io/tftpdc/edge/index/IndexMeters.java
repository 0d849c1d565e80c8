package io.tftpdc.edge.index;

import io.tftpdc.runtime.DefinedMeter;
import io.tftpdc.runtime.MeterDefinition;

/** Every meter of the local index. */
public enum IndexMeters implements DefinedMeter {
    ENTRIES(MeterDefinition.gauge("tftpdc.edge.index.entries", "Files in the index, removed ones included")),
    LAG(MeterDefinition.gauge(
            "tftpdc.edge.index.lag", "Records that Kafka has and the index has not, when last looked at")),
    STALENESS(MeterDefinition.gauge(
            "tftpdc.edge.index.staleness",
            "seconds",
            "Since the index was last known to hold all that Kafka has; -1 when it never was")),
    REACHABLE(
            MeterDefinition.gauge("tftpdc.edge.index.kafka.reachable", "1 when Kafka answered last time, otherwise 0")),
    RECORDS(MeterDefinition.counter("tftpdc.edge.index.records", "Records read")),
    UNDECODABLE(
            MeterDefinition.counter("tftpdc.edge.index.undecodable", "Records skipped because they could not be read")),
    FAILURES(MeterDefinition.counter(
            "tftpdc.edge.index.failures", "Connections to Kafka that were given up and made anew"));

    private final MeterDefinition definition;

    IndexMeters(MeterDefinition definition) {
        this.definition = definition;
    }

    @Override
    public MeterDefinition definition() {
        return definition;
    }
}
