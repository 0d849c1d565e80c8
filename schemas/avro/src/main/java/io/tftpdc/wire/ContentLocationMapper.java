package io.tftpdc.wire;

import io.tftpdc.event.ContentLocation;
import org.apache.avro.Schema;

final class ContentLocationMapper implements AvroMapper<ContentLocation, io.tftpdc.wire.avro.ContentLocation> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.ContentLocation.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.ContentLocation toAvro(ContentLocation location) {
        return new io.tftpdc.wire.avro.ContentLocation(
                location.topic(), location.partition(), location.offset(), location.size());
    }

    @Override
    public ContentLocation fromAvro(io.tftpdc.wire.avro.ContentLocation written) {
        return new ContentLocation(written.getTopic(), written.getPartition(), written.getOffset(), written.getSize());
    }
}
