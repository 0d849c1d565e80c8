package io.tftpdc.wire;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.wire.avro.FilePublished;
import java.util.List;
import java.util.Map;

/** A published version, which events and index entries write alike. */
final class PublishedMapper {
    private PublishedMapper() {}

    static FilePublished toAvro(FileContent content, String contentType, Map<String, String> labels) {
        List<Sha256> chunks =
                switch (content.chunks()) {
                    case FileContent.Inline inline -> inline.hashes();
                    case FileContent.Manifest manifest -> List.of();
                };
        List<Sha256> manifest =
                switch (content.chunks()) {
                    case FileContent.Inline inline -> List.of();
                    case FileContent.Manifest chunked -> chunked.hashes();
                };
        return new FilePublished(
                new io.tftpdc.wire.avro.FileContent(
                        content.hash().hex(),
                        content.size(),
                        content.chunkSize(),
                        fixed(chunks),
                        fixed(manifest),
                        content.location().map(ObjectLocation::uri).orElse("")),
                contentType,
                labels);
    }

    static FileContent contentFrom(io.tftpdc.wire.avro.FileContent written) {
        FileContent.Chunks chunks = written.getManifest().isEmpty()
                ? new FileContent.Inline(hashes(written.getChunks()))
                : new FileContent.Manifest(
                        hashes(written.getManifest()),
                        (written.getSize() + written.getChunkSize() - 1) / written.getChunkSize());
        FileContent content =
                new FileContent(Sha256.parse(written.getHash()), written.getSize(), written.getChunkSize(), chunks);
        return written.getLocation().isEmpty() ? content : content.at(new ObjectLocation(written.getLocation()));
    }

    private static List<io.tftpdc.wire.avro.Sha256> fixed(List<Sha256> hashes) {
        return hashes.stream()
                .map(hash -> new io.tftpdc.wire.avro.Sha256(hash.bytes()))
                .toList();
    }

    private static List<Sha256> hashes(List<io.tftpdc.wire.avro.Sha256> written) {
        Sha256[] hashes = new Sha256[written.size()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = Sha256.ofDigest(written.get(i).bytes());
        }
        return List.of(hashes);
    }
}
