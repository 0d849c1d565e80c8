package io.tftpdc.wire;

import io.tftpdc.event.AlertEvent;
import io.tftpdc.event.AlertEvent.AlertCleared;
import io.tftpdc.event.AlertEvent.AlertRaised;
import io.tftpdc.event.AlertEvent.UnknownAlert;
import io.tftpdc.event.EventEnvelope;
import org.apache.avro.Schema;

final class AlertEventMapper implements AvroMapper<AlertEvent, io.tftpdc.wire.avro.AlertEvent> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.AlertEvent.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.AlertEvent toAvro(AlertEvent event) {
        io.tftpdc.wire.avro.EventEnvelope envelope = EnvelopeMapper.toAvro(event.envelope());
        return switch (event) {
            case AlertRaised raised ->
                new io.tftpdc.wire.avro.AlertEvent(
                        envelope, raised.rule(), "AlertRaised", raised.subject(), raised.summary());
            case AlertCleared cleared ->
                new io.tftpdc.wire.avro.AlertEvent(envelope, cleared.rule(), "AlertCleared", cleared.subject(), "");
            case UnknownAlert unknown ->
                new io.tftpdc.wire.avro.AlertEvent(envelope, unknown.rule(), unknown.type(), "", "");
        };
    }

    @Override
    public AlertEvent fromAvro(io.tftpdc.wire.avro.AlertEvent written) {
        EventEnvelope envelope = EnvelopeMapper.fromAvro(written.getEnvelope());
        return switch (written.getType()) {
            case "AlertRaised" ->
                new AlertRaised(envelope, written.getRule(), written.getSubject(), written.getSummary());
            case "AlertCleared" -> new AlertCleared(envelope, written.getRule(), written.getSubject());
            default -> new UnknownAlert(envelope, written.getRule(), written.getType());
        };
    }
}
