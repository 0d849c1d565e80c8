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
    OWN_CLUSTER(MeterDefinition.gauge(
            "tftpdc.edge.index.kafka.own", "1 when the site's own cluster is followed, 0 when a peer's is")),
    SWITCHES(MeterDefinition.counter(
            "tftpdc.edge.index.kafka.switches", "Times that another cluster was followed than before")),
    STALE_REFUSALS(MeterDefinition.counter(
            "tftpdc.edge.index.stale.refusals", "Requests refused because the index was older than max-staleness")),
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
