package io.tftpdc.wire;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileEvent.FilePublished;
import io.tftpdc.event.FileEvent.FileRemoved;
import io.tftpdc.event.FileEvent.UnknownEvent;
import io.tftpdc.event.FileKey;
import org.apache.avro.Schema;

/**
 * {@link FileEvent} and its Avro record. The record has one nullable field per kind of fact, so that a reader of any age
 * reads every record: what it does not know leaves all fields null and becomes an {@link UnknownEvent}.
 */
final class FileEventMapper implements AvroMapper<FileEvent, io.tftpdc.wire.avro.FileEvent> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.FileEvent.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.FileEvent toAvro(FileEvent event) {
        io.tftpdc.wire.avro.FileEvent.Builder record = io.tftpdc.wire.avro.FileEvent.newBuilder()
                .setEnvelope(EnvelopeMapper.toAvro(event.envelope()))
                .setTenant(event.key().tenant().value())
                .setPath(event.key().path().value())
                .setSeen(EnvelopeMapper.toAvro(event.seen()));
        return switch (event) {
            case FilePublished published ->
                record.setType("FilePublished")
                        .setPublished(PublishedMapper.toAvro(
                                published.content(), published.contentType(), published.labels()))
                        .build();
            case FileRemoved removed ->
                record.setType("FileRemoved")
                        .setRemoved(new io.tftpdc.wire.avro.FileRemoved(""))
                        .build();
            case UnknownEvent unknown -> record.setType(unknown.type()).build();
        };
    }

    @Override
    public FileEvent fromAvro(io.tftpdc.wire.avro.FileEvent written) {
        EventEnvelope envelope = EnvelopeMapper.fromAvro(written.getEnvelope());
        FileKey key = FileKey.of(written.getTenant(), written.getPath());
        io.tftpdc.wire.avro.FilePublished published = written.getPublished();
        if (published != null) {
            return new FilePublished(
                    envelope,
                    key,
                    PublishedMapper.contentFrom(published.getContent()),
                    published.getContentType(),
                    published.getLabels(),
                    EnvelopeMapper.seenFrom(written.getSeen()));
        }
        return written.getRemoved() != null
                ? new FileRemoved(envelope, key, EnvelopeMapper.seenFrom(written.getSeen()))
                : new UnknownEvent(envelope, key, written.getType());
    }
}
