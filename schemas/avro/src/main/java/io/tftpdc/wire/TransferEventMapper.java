package io.tftpdc.wire;

import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.TransferEvent;
import java.util.Optional;
import org.apache.avro.Schema;

final class TransferEventMapper implements AvroMapper<TransferEvent, io.tftpdc.wire.avro.TransferEvent> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.TransferEvent.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.TransferEvent toAvro(TransferEvent event) {
        return io.tftpdc.wire.avro.TransferEvent.newBuilder()
                .setEnvelope(EnvelopeMapper.toAvro(event.envelope()))
                .setNode(event.node())
                .setProtocol(event.protocol())
                .setClientAddress(event.clientAddress())
                .setClientPort(event.clientPort())
                .setTenant(event.tenant().value())
                .setPath(event.path())
                .setContentHash(event.contentHash().map(Sha256::hex).orElse(null))
                .setOptions(event.options())
                .setBytes(event.bytes())
                .setDurationMicros(event.durationMicros())
                .setRetransmissions(event.retransmissions())
                .setOutcome(event.outcome())
                .setDetail(event.detail())
                .setOperation(event.operation())
                .build();
    }

    @Override
    public TransferEvent fromAvro(io.tftpdc.wire.avro.TransferEvent written) {
        return new TransferEvent(
                EnvelopeMapper.fromAvro(written.getEnvelope()),
                written.getNode(),
                written.getProtocol(),
                written.getClientAddress(),
                written.getClientPort(),
                new Tenant(written.getTenant()),
                written.getPath(),
                Optional.ofNullable(written.getContentHash()).map(Sha256::parse),
                written.getOptions(),
                written.getBytes(),
                written.getDurationMicros(),
                written.getRetransmissions(),
                written.getOutcome(),
                written.getDetail(),
                written.getOperation());
    }
}
