package io.tftpdc.edge.content;

import io.netty.buffer.ByteBuf;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileRevision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A version of a file, read chunk by chunk. Chunks are pinned when they are first read, up to {@value #MAX_PINNED} at a
 * time: those farthest from where reading is are let go, so that a file larger than the quota can be served.
 */
final class IndexedOpenFile implements OpenFile {
    private static final int MAX_PINNED = 64;

    private final FileKey key;
    private final FileContent content;
    private final String contentType;
    private final ContentStore store;
    private final ContentFetcher fetcher;
    private final Fetching fetching;
    private final boolean addressable;
    private final ConcurrentSkipListMap<Long, Piece> chunks = new ConcurrentSkipListMap<>();
    private final Map<Integer, PinnedChunk> manifests = new ConcurrentHashMap<>();
    /** The chunk that was read last and the one before, which the next read most likely wants: a window lies in both. */
    private volatile @Nullable Piece current;

    private volatile @Nullable Piece previous;

    private volatile boolean closed;

    /** A chunk of this file, and where it begins in the file. */
    private record Piece(long start, PinnedChunk chunk) {
        boolean holds(long offset) {
            return offset >= start && offset - start < chunk.size() && chunk.isOpen();
        }
    }

    /**
     * How content is fetched for a client.
     *
     * @param patience how long a client waits for a chunk
     * @param readAhead how many chunks beyond the one being read are asked for
     */
    record Fetching(Duration patience, int readAhead) {}

    IndexedOpenFile(
            FileKey key,
            FileRevision.Published version,
            ContentStore store,
            ContentFetcher fetcher,
            Fetching fetching) {
        this.key = key;
        this.content = version.content();
        this.contentType = version.contentType();
        this.store = store;
        this.fetcher = fetcher;
        this.fetching = fetching;
        // What goes when too many are pinned is at least so many chunks away from what is asked for.
        long keptAround = (MAX_PINNED / 2 - 1) * (long) content.chunkSize();
        this.addressable = content.chunkCount() <= MAX_PINNED || keptAround >= ADDRESSES_VALID_WITHIN;
    }

    @Override
    public String tenant() {
        return key.tenant().value();
    }

    @Override
    public String path() {
        return key.path().value();
    }

    @Override
    public String sha256Hex() {
        return content.hash().hex();
    }

    @Override
    public long size() {
        return content.size();
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public boolean resident(long offset, int length) {
        long end = Math.min(offset + length, content.size());
        long position = offset;
        while (position < end) {
            Piece piece = pieceAt(position);
            if (piece == null) {
                return false;
            }
            position = piece.start() + piece.chunk().size();
        }
        return true;
    }

    @Override
    public CompletionStage<Void> load(long offset, int length) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        long last = lastChunk(offset, length);
        for (long index = offset / content.chunkSize(); index <= last; index++) {
            if (pinned(index) == null) {
                all = CompletableFuture.allOf(all, loaded(index));
            }
        }
        return all;
    }

    @Override
    public void read(long offset, int length, ByteBuf into) {
        long position = offset;
        long end = Math.min(offset + length, content.size());
        while (position < end) {
            Piece piece = pieceAt(position);
            if (piece == null) {
                throw new UncheckedIOException(
                        "the local copy cannot be read",
                        new IOException("chunk " + position / content.chunkSize() + " of " + key + " is gone"));
            }
            int within = (int) (position - piece.start());
            int bytes = (int) Math.min(end - position, piece.chunk().size() - within);
            piece.chunk().read(within, bytes, into);
            position += bytes;
        }
    }

    @Override
    public long address(long offset) {
        Piece piece = addressable ? pieceAt(offset) : null;
        long address = piece == null ? 0 : piece.chunk().address();
        return piece == null || address == 0 ? 0 : address + offset - piece.start();
    }

    @Override
    public int contiguous(long offset) {
        Piece piece = addressable ? pieceAt(offset) : null;
        return piece == null || piece.chunk().address() == 0
                ? 0
                : (int) (piece.start() + piece.chunk().size() - offset);
    }

    /** Index of the last chunk of the range; -1 when it lies beyond the end or is empty. */
    private long lastChunk(long offset, int length) {
        long end = Math.min(offset + length, content.size());
        return end <= offset ? -1 : (end - 1) / content.chunkSize();
    }

    /** The pinned chunk that holds the byte at {@code offset}, if it is here. Mostly one of the last two. */
    private @Nullable Piece pieceAt(long offset) {
        Piece last = current;
        if (last != null && last.holds(offset)) {
            return last;
        }
        Piece before = previous;
        if (before != null && before.holds(offset)) {
            return before;
        }
        if (offset < 0 || offset >= content.size()) {
            return null;
        }
        Piece found = pinned(offset / content.chunkSize());
        if (found != null) {
            previous = last;
            current = found;
        }
        return found;
    }

    /** The chunk, pinned by us, if it is here. */
    private @Nullable Piece pinned(long index) {
        Piece piece = chunks.get(index);
        return piece != null ? piece : pin(index);
    }

    private @Nullable Piece pin(long index) {
        Optional<Sha256> hash = hashOf(index);
        if (closed || hash.isEmpty()) {
            return null;
        }
        PinnedChunk chunk = store.pin(hash.get()).orElse(null);
        return chunk == null ? null : keep(index, chunk);
    }

    /** Takes over a pin; null when it is not as the index describes it, or when the file was closed meanwhile. */
    private @Nullable Piece keep(long index, PinnedChunk chunk) {
        if (chunk.size() != content.chunkLength(index)) {
            chunk.close();
            return null;
        }
        Piece piece = new Piece(index * content.chunkSize(), chunk);
        Piece before = chunks.putIfAbsent(index, piece);
        if (before != null) {
            chunk.close();
            return before;
        }
        if (closed) {
            letGo();
            return null;
        }
        keepWithinBounds(index);
        readAhead(index);
        return piece;
    }

    private void keepWithinBounds(long index) {
        while (chunks.size() > MAX_PINNED) {
            boolean firstIsFarther = index - chunks.firstKey() >= chunks.lastKey() - index;
            Map.Entry<Long, Piece> farthest = firstIsFarther ? chunks.pollFirstEntry() : chunks.pollLastEntry();
            farthest.getValue().chunk().close();
        }
    }

    /** Which chunk it is; empty while the manifest that says so is not here. */
    private Optional<Sha256> hashOf(long index) {
        return switch (content.chunks()) {
            case FileContent.Inline inline -> Optional.of(inline.hashes().get((int) index));
            case FileContent.Manifest manifest -> {
                PinnedChunk list = manifest(manifest, manifestOf(index));
                if (list == null) {
                    yield Optional.empty();
                }
                ByteBuffer bytes = ByteBuffer.allocate(Sha256.BYTES);
                list.read((int) (index % FileContent.CHUNKS_PER_MANIFEST) * Sha256.BYTES, bytes);
                yield Optional.of(Sha256.read(bytes.flip()));
            }
        };
    }

    private static int manifestOf(long index) {
        return (int) (index / FileContent.CHUNKS_PER_MANIFEST);
    }

    private @Nullable PinnedChunk manifest(FileContent.Manifest manifest, int number) {
        PinnedChunk known = manifests.get(number);
        if (known != null || closed) {
            return known;
        }
        PinnedChunk list = store.pin(manifest.hashes().get(number)).orElse(null);
        return list == null ? null : keepManifest(manifest, number, list);
    }

    private @Nullable PinnedChunk keepManifest(FileContent.Manifest manifest, int number, PinnedChunk list) {
        long listed = Math.min(
                FileContent.CHUNKS_PER_MANIFEST,
                manifest.chunkCount() - (long) number * FileContent.CHUNKS_PER_MANIFEST);
        PinnedChunk before = list.size() == listed * Sha256.BYTES ? manifests.putIfAbsent(number, list) : list;
        if (before != null) {
            list.close();
            return before == list ? null : before;
        }
        if (closed) {
            letGo();
            return null;
        }
        return list;
    }

    /** Fetches a chunk, and the manifest that names it, and keeps the pins that they come with. */
    private CompletableFuture<Void> loaded(long index) {
        Optional<Sha256> hash = hashOf(index);
        if (hash.isPresent()) {
            CompletableFuture<PinnedChunk> arrived = fetcher.fetchPinned(
                    hash.get(), content.rangeOf(index), ContentFetcher.Priority.DEMAND, fetching.patience());
            readAhead(index);
            return arrived.thenCompose(chunk -> asDescribed(index, keep(index, chunk) != null));
        }
        if (closed || !(content.chunks() instanceof FileContent.Manifest manifest)) {
            return asDescribed(index, false);
        }
        int number = manifestOf(index);
        return fetcher.fetchPinned(manifest.hashes().get(number), ContentFetcher.Priority.DEMAND, fetching.patience())
                .thenCompose(list ->
                        keepManifest(manifest, number, list) != null ? loaded(index) : asDescribed(index, false));
    }

    private CompletableFuture<Void> asDescribed(long index, boolean kept) {
        return kept ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(notAsDescribed(index));
    }

    private IOException notAsDescribed(long index) {
        return new IOException(
                closed
                        ? "the file was closed"
                        : "chunk " + index + " of the file is not as the index describes it; publish the file again");
    }

    private void readAhead(long index) {
        long last = Math.min(index + fetching.readAhead(), content.chunkCount() - 1);
        for (long next = index + 1; next <= last; next++) {
            Optional<Sha256> hash = hashOf(next);
            if (hash.isPresent() && !store.isVerified(hash.get())) {
                fetcher.fetch(
                        hash.get(), content.rangeOf(next), ContentFetcher.Priority.READ_AHEAD, fetching.patience());
            }
        }
    }

    private void letGo() {
        for (Map.Entry<Long, Piece> entry = chunks.pollFirstEntry(); entry != null; entry = chunks.pollFirstEntry()) {
            entry.getValue().chunk().close();
        }
        for (Integer index : manifests.keySet()) {
            PinnedChunk manifest = manifests.remove(index);
            if (manifest != null) {
                manifest.close();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        letGo();
    }
}
