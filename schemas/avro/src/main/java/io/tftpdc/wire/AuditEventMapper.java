package io.tftpdc.wire;

import io.tftpdc.event.AuditEvent;
import org.apache.avro.Schema;

final class AuditEventMapper implements AvroMapper<AuditEvent, io.tftpdc.wire.avro.AuditEvent> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.AuditEvent.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.AuditEvent toAvro(AuditEvent event) {
        return new io.tftpdc.wire.avro.AuditEvent(
                EnvelopeMapper.toAvro(event.envelope()),
                event.tenant(),
                event.action(),
                event.resource(),
                event.outcome(),
                event.remoteAddress(),
                event.detail());
    }

    @Override
    public AuditEvent fromAvro(io.tftpdc.wire.avro.AuditEvent written) {
        return new AuditEvent(
                EnvelopeMapper.fromAvro(written.getEnvelope()),
                written.getTenant(),
                written.getAction(),
                written.getResource(),
                written.getOutcome(),
                written.getRemoteAddress(),
                written.getDetail());
    }
}
