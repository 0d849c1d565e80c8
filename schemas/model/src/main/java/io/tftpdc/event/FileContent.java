package io.tftpdc.event;

import java.util.List;
import java.util.Optional;

/**
 * The bytes of one version of a file, by reference.
 *
 * @param hash SHA-256 of the whole content, what {@code sha256sum} prints
 * @param size bytes
 * @param chunkSize bytes of every chunk but the last
 * @param chunks which chunks make the content up, in order
 * @param location an object that holds the same bytes. Its chunks need not be in Kafka then; its manifests are
 */
public record FileContent(Sha256 hash, long size, int chunkSize, Chunks chunks, Optional<ObjectLocation> location) {

    /** Size of a chunk in bytes: what measured best through Kafka and fits every default limit. */
    public static final int CHUNK_SIZE = 512 * 1024;

    /** Up to so many chunks are listed in the event itself (128 MiB); more go through manifests. */
    public static final int MAX_INLINE_CHUNKS = 256;

    /** Chunk hashes in one manifest chunk, which is then as large as a chunk may be: 8 GiB of content. */
    public static final int CHUNKS_PER_MANIFEST = CHUNK_SIZE / Sha256.BYTES;

    public FileContent {
        if (size < 0 || chunkSize <= 0) {
            throw new IllegalArgumentException("content of " + size + " bytes in chunks of " + chunkSize);
        }
        long expected = chunkCount(size, chunkSize);
        long listed =
                switch (chunks) {
                    case Inline inline -> inline.hashes().size();
                    case Manifest manifest -> manifest.chunkCount();
                };
        if (listed != expected) {
            throw new IllegalArgumentException("content of " + size + " bytes lists " + listed + " chunks of "
                    + chunkSize + " bytes; expected " + expected);
        }
    }

    /** Whose bytes are in Kafka. */
    public FileContent(Sha256 hash, long size, int chunkSize, Chunks chunks) {
        this(hash, size, chunkSize, chunks, Optional.empty());
    }

    /** Which chunks make up a content. */
    public sealed interface Chunks {}

    /** Few enough to list them here. */
    public record Inline(List<Sha256> hashes) implements Chunks {
        public Inline {
            hashes = List.copyOf(hashes);
        }
    }

    /**
     * Too many to list: the named chunks hold the hashes of the content's chunks, {@value Sha256#BYTES} bytes each, in
     * order.
     *
     * @param hashes of the manifest chunks
     * @param chunkCount of the content
     */
    public record Manifest(List<Sha256> hashes, long chunkCount) implements Chunks {
        public Manifest {
            hashes = List.copyOf(hashes);
            long expected = (chunkCount + CHUNKS_PER_MANIFEST - 1) / CHUNKS_PER_MANIFEST;
            if (chunkCount <= 0 || hashes.size() != expected) {
                throw new IllegalArgumentException(
                        hashes.size() + " manifest chunks for " + chunkCount + " chunks; expected " + expected);
            }
        }
    }

    public long chunkCount() {
        return chunkCount(size, chunkSize);
    }

    /** Bytes in chunk {@code index}, from 0: {@link #chunkSize}, or fewer in the last. */
    public int chunkLength(long index) {
        if (index < 0 || index >= chunkCount()) {
            throw new IndexOutOfBoundsException("chunk " + index + " of " + chunkCount());
        }
        return (int) Math.min(chunkSize, size - index * chunkSize);
    }

    /** Where chunk {@code index} lies in the object; empty where there is no object, or no such chunk. */
    public Optional<ObjectRange> rangeOf(long index) {
        return location.filter(object -> index >= 0 && index < chunkCount())
                .map(object -> new ObjectRange(object, index * chunkSize, chunkLength(index)));
    }

    public FileContent at(ObjectLocation object) {
        return new FileContent(hash, size, chunkSize, chunks, Optional.of(object));
    }

    public FileContent withoutLocation() {
        return location.isEmpty() ? this : new FileContent(hash, size, chunkSize, chunks);
    }

    /** As it always was where there is no location: it decides between events that share a stamp. */
    @Override
    public String toString() {
        return "FileContent[hash=" + hash + ", size=" + size + ", chunkSize=" + chunkSize + ", chunks=" + chunks
                + location.map(object -> ", location=" + object).orElse("") + "]";
    }

    private static long chunkCount(long size, int chunkSize) {
        return (size + chunkSize - 1) / chunkSize;
    }
}
