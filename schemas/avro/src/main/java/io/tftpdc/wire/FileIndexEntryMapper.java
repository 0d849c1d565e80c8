package io.tftpdc.wire;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.FileKey;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.wire.avro.FilePublished;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

final class FileIndexEntryMapper implements AvroMapper<FileIndexEntry, io.tftpdc.wire.avro.FileIndexEntry> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.FileIndexEntry.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.FileIndexEntry toAvro(FileIndexEntry entry) {
        return new io.tftpdc.wire.avro.FileIndexEntry(
                entry.key().tenant().value(),
                entry.key().path().value(),
                entry.revisions().stream().map(FileIndexEntryMapper::toAvro).toList());
    }

    @Override
    public FileIndexEntry fromAvro(io.tftpdc.wire.avro.FileIndexEntry written) {
        List<FileRevision> revisions = new ArrayList<>(written.getRevisions().size());
        for (io.tftpdc.wire.avro.FileRevision revision : written.getRevisions()) {
            revisions.add(fromAvro(revision));
        }
        return new FileIndexEntry(FileKey.of(written.getTenant(), written.getPath()), revisions);
    }

    private static io.tftpdc.wire.avro.FileRevision toAvro(FileRevision revision) {
        io.tftpdc.wire.avro.EventEnvelope envelope = EnvelopeMapper.toAvro(revision.stamp(), revision.actor());
        return switch (revision) {
            case FileRevision.Published published ->
                new io.tftpdc.wire.avro.FileRevision(
                        envelope,
                        PublishedMapper.toAvro(published.content(), published.contentType(), published.labels()),
                        EnvelopeMapper.toAvro(published.seen()));
            case FileRevision.Removed removed ->
                new io.tftpdc.wire.avro.FileRevision(envelope, null, EnvelopeMapper.toAvro(removed.seen()));
        };
    }

    private static FileRevision fromAvro(io.tftpdc.wire.avro.FileRevision written) {
        EventEnvelope envelope = EnvelopeMapper.fromAvro(written.getEnvelope());
        FilePublished published = written.getPublished();
        return published == null
                ? new FileRevision.Removed(
                        envelope.stamp(), envelope.actor(), EnvelopeMapper.seenFrom(written.getSeen()))
                : new FileRevision.Published(
                        envelope.stamp(),
                        envelope.actor(),
                        PublishedMapper.contentFrom(published.getContent()),
                        published.getContentType(),
                        published.getLabels(),
                        EnvelopeMapper.seenFrom(written.getSeen()));
    }
}
