package io.tftpdc.intake;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts bytes that come in pieces of any size into chunks of one size. What does not fill a chunk is carried over to the
 * next piece, so the chunks depend on the bytes alone and not on how they were cut into pieces.
 *
 * <p>Hashes are listed until there are more than an event may list; then every full list becomes a manifest chunk. So
 * this state stays below 1 MiB however large the file.
 *
 * @param chunkSize bytes of every chunk but the last
 * @param size bytes so far
 * @param manifests hashes of the manifest chunks written so far
 * @param hashes of the chunks written since
 * @param carry bytes that do not fill a chunk yet, read-only
 */
record ContentSoFar(int chunkSize, long size, List<Sha256> manifests, List<Sha256> hashes, ByteBuffer carry) {

    ContentSoFar {
        manifests = List.copyOf(manifests);
        hashes = List.copyOf(hashes);
        carry = carry.asReadOnlyBuffer();
    }

    static ContentSoFar empty(int chunkSize) {
        return new ContentSoFar(chunkSize, 0, List.of(), List.of(), ByteBuffer.allocate(0));
    }

    /** What a piece adds: the state after it and the chunks that it completed, in order. */
    record Growth(ContentSoFar after, List<Chunk> chunks) {}

    /** The whole content and the chunks that its end completed. */
    record Whole(long size, FileContent.Chunks listing, List<Chunk> chunks) {

        FileContent content(Sha256 hash, int chunkSize) {
            return new FileContent(hash, size, chunkSize, listing);
        }
    }

    /** Cuts a piece; its bytes are not copied, except for those that share a chunk with the piece before. */
    Growth append(ByteBuffer piece) {
        ByteBuffer rest = piece.duplicate();
        long newSize = size + rest.remaining();
        Lists lists = new Lists(this);
        ByteBuffer newCarry = carry;
        if (carry.hasRemaining() && rest.hasRemaining()) {
            ByteBuffer joined = ByteBuffer.allocate(Math.min(chunkSize, carry.remaining() + rest.remaining()));
            joined.put(carry.duplicate());
            joined.put(take(rest, joined.remaining()));
            newCarry = joined.flip();
        }
        if (newCarry.remaining() == chunkSize) {
            lists.add(newCarry);
            newCarry = ByteBuffer.allocate(0);
        }
        while (rest.remaining() >= chunkSize) {
            lists.add(take(rest, chunkSize));
        }
        if (rest.hasRemaining()) {
            // A copy, because the carry outlives the record that the slice belongs to.
            newCarry = ByteBuffer.allocate(rest.remaining()).put(rest).flip();
        }
        return new Growth(new ContentSoFar(chunkSize, newSize, lists.manifests, lists.hashes, newCarry), lists.chunks);
    }

    /** Ends the content: the carry becomes the last chunk, and a listing that is too long the last manifest chunk. */
    Whole finish() {
        Lists lists = new Lists(this);
        if (carry.hasRemaining()) {
            lists.add(carry);
        }
        if (lists.manifests.isEmpty() && lists.hashes.size() <= FileContent.MAX_INLINE_CHUNKS) {
            return new Whole(size, new FileContent.Inline(lists.hashes), lists.chunks);
        }
        if (!lists.hashes.isEmpty()) {
            lists.writeManifest();
        }
        long count = (size + chunkSize - 1) / chunkSize;
        return new Whole(size, new FileContent.Manifest(lists.manifests, count), lists.chunks);
    }

    private static ByteBuffer take(ByteBuffer from, int length) {
        ByteBuffer slice = from.slice(from.position(), length);
        from.position(from.position() + length);
        return slice;
    }

    /** The lists while they grow. */
    private static final class Lists {
        private final List<Chunk> chunks = new ArrayList<>();
        private final List<Sha256> manifests;
        private final List<Sha256> hashes;

        Lists(ContentSoFar start) {
            manifests = new ArrayList<>(start.manifests);
            hashes = new ArrayList<>(start.hashes);
        }

        void add(ByteBuffer bytes) {
            Chunk chunk = Chunk.of(bytes);
            chunks.add(chunk);
            hashes.add(chunk.hash());
            if (hashes.size() == FileContent.CHUNKS_PER_MANIFEST) {
                writeManifest();
            }
        }

        void writeManifest() {
            ByteBuffer bytes = ByteBuffer.allocate(hashes.size() * Sha256.BYTES);
            hashes.forEach(hash -> hash.write(bytes));
            Chunk manifest = Chunk.of(bytes.flip());
            chunks.add(manifest);
            manifests.add(manifest.hash());
            hashes.clear();
        }
    }
}
