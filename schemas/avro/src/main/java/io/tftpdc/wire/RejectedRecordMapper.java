package io.tftpdc.wire;

import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.SiteName;
import io.tftpdc.wire.avro.RecordHeader;
import org.apache.avro.Schema;

final class RejectedRecordMapper implements AvroMapper<RejectedRecord, io.tftpdc.wire.avro.RejectedRecord> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.RejectedRecord.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.RejectedRecord toAvro(RejectedRecord rejected) {
        return io.tftpdc.wire.avro.RejectedRecord.newBuilder()
                .setSite(rejected.site().value())
                .setProcessor(rejected.processor())
                .setTopic(rejected.topic())
                .setPartition(rejected.partition())
                .setOffset(rejected.offset())
                .setTimestampMillis(rejected.timestampMillis())
                .setKey(rejected.key())
                .setHeaders(rejected.headers().stream()
                        .map(header -> new RecordHeader(header.name(), header.value()))
                        .toList())
                .setValue(rejected.value())
                .setValueSize(rejected.valueSize())
                .setReason(rejected.reason())
                .build();
    }

    @Override
    public RejectedRecord fromAvro(io.tftpdc.wire.avro.RejectedRecord written) {
        return new RejectedRecord(
                new SiteName(written.getSite()),
                written.getProcessor(),
                written.getTopic(),
                written.getPartition(),
                written.getOffset(),
                written.getTimestampMillis(),
                written.getKey(),
                written.getHeaders().stream()
                        .map(header -> new RejectedRecord.Header(header.getName(), header.getValue()))
                        .toList(),
                written.getValue(),
                written.getValueSize(),
                written.getReason());
    }
}
