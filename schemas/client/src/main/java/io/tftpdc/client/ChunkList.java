package io.tftpdc.client;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the chunk hashes of one content in order, and turns to manifest chunks when there are too many to list.
 * Memory stays within one manifest chunk and one hash for each 8 GiB of content.
 */
final class ChunkList {
    /** Takes a manifest chunk's bytes to where chunks go. */
    interface ManifestSink<X extends Exception> {
        Sha256 write(byte[] manifestChunk) throws X;
    }

    private final List<Sha256> inline = new ArrayList<>();
    private final List<Sha256> manifests = new ArrayList<>();
    private @Nullable ByteBuffer open;
    private long count;

    <X extends Exception> void add(Sha256 hash, ManifestSink<X> sink) throws X {
        count++;
        if (count <= FileContent.MAX_INLINE_CHUNKS) {
            inline.add(hash);
            return;
        }
        ByteBuffer buffer = open;
        if (buffer == null) {
            buffer = ByteBuffer.allocate(FileContent.CHUNK_SIZE);
            for (Sha256 earlier : inline) {
                earlier.write(buffer);
            }
            open = buffer;
        }
        hash.write(buffer);
        if (!buffer.hasRemaining()) {
            manifests.add(sink.write(buffer.array()));
            buffer.clear();
        }
    }

    /** What a manifest chunk lists. */
    static List<Sha256> read(byte[] manifestChunk) {
        List<Sha256> hashes = new ArrayList<>(manifestChunk.length / Sha256.BYTES);
        for (ByteBuffer buffer = ByteBuffer.wrap(manifestChunk); buffer.remaining() >= Sha256.BYTES; ) {
            hashes.add(Sha256.read(buffer));
        }
        return hashes;
    }

    /** The whole list, after the last chunk. */
    <X extends Exception> FileContent.Chunks finish(ManifestSink<X> sink) throws X {
        ByteBuffer buffer = open;
        if (buffer == null) {
            return new FileContent.Inline(inline);
        }
        if (buffer.position() > 0) {
            byte[] last = new byte[buffer.position()];
            buffer.flip().get(last);
            manifests.add(sink.write(last));
        }
        return new FileContent.Manifest(manifests, count);
    }
}
