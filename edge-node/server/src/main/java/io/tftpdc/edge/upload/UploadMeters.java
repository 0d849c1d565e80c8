package io.tftpdc.edge.upload;

import io.tftpdc.runtime.DefinedMeter;
import io.tftpdc.runtime.MeterDefinition;

/** Every meter of uploads. */
public enum UploadMeters implements DefinedMeter {
    STORED(MeterDefinition.counter("tftpdc.edge.upload.stored", "Uploads acknowledged when Kafka had them")),
    SPOOLED(MeterDefinition.counter(
            "tftpdc.edge.upload.spooled",
            "Uploads acknowledged when this node's disk had them, because Kafka was away")),
    REFUSED(MeterDefinition.counter(
            "tftpdc.edge.upload.refused", "Uploads refused by a rule, a limit or a quota, at once or in the middle")),
    FAILED(MeterDefinition.counter(
            "tftpdc.edge.upload.failed",
            "Uploads that were given up: by the client, or because they could not be stored")),
    BYTES(MeterDefinition.counter("tftpdc.edge.upload.received", "bytes", "Bytes of acknowledged uploads")),
    ACTIVE(MeterDefinition.gauge("tftpdc.edge.upload.active", "Uploads running now")),
    IN_FLIGHT(MeterDefinition.gauge(
            "tftpdc.edge.upload.in.flight", "bytes", "Bytes received that are neither on disk nor in Kafka yet")),
    WAITING(MeterDefinition.gauge(
            "tftpdc.edge.upload.spool.waiting",
            "Acknowledged uploads on this node's disk that Kafka does not have yet")),
    WAITING_BYTES(
            MeterDefinition.gauge("tftpdc.edge.upload.spool.stored", "bytes", "Content of the uploads that wait")),
    OLDEST(MeterDefinition.gauge(
            "tftpdc.edge.upload.spool.age",
            "seconds",
            "How long the oldest waiting upload has waited; 0 when none waits")),
    PUBLISHED(MeterDefinition.counter(
            "tftpdc.edge.upload.spool.published", "Waiting uploads that were published to Kafka after all")),
    FAILURES(MeterDefinition.counter(
            "tftpdc.edge.upload.spool.failures", "Times that publishing waiting uploads failed and is tried again")),
    DAMAGED(MeterDefinition.gauge(
            "tftpdc.edge.upload.spool.damaged",
            "Waiting uploads set aside: the disk did not keep what was written, or Kafka refuses it for good"));

    private final MeterDefinition definition;

    UploadMeters(MeterDefinition definition) {
        this.definition = definition;
    }

    @Override
    public MeterDefinition definition() {
        return definition;
    }
}
