package io.tftpdc.edge.content;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chunks on disk, one file each, named by their SHA-256: {@code ab/abcdef…}. The least recently used ones go when the
 * quota is reached, but none that is pinned.
 *
 * <p><b>Nothing wrong is served.</b> A chunk is checked before it is written to a temporary file, forced to disk and
 * renamed. One that was found at start is checked when it is first wanted; if it is not what its name says, it is
 * dropped and fetched anew.
 *
 * <p><b>How bytes are read.</b> A chunk is mapped into memory, or read into a buffer when it is small, and its bytes are
 * copied from there into packets, which measured twice as fast as reading the file piece by piece. Open chunks are
 * bounded in number; what falls out is unmapped when the garbage collector sees it, since Java 21 has no other safe way
 * (the arenas of java.lang.foreign are a preview there). Until then the disk space of a chunk that was deleted meanwhile
 * stays taken.
 *
 * <p>Thread-safe. {@link #pin} may be called on an event loop; {@link #put} and {@link #verify} block on the disk.
 */
public final class ContentStore {
    private static final Logger LOG = LoggerFactory.getLogger(ContentStore.class);

    /** Chunks kept mapped while nobody needs them; at most 2 GiB of address space. */
    private static final int MAX_OPEN = 4096;

    private final ChunkFiles files;
    private final long quota;

    /** Least recently used first. All below is guarded by this store's lock, which is held for a rename at most. */
    private final LinkedHashMap<Sha256, Chunk> chunks = new LinkedHashMap<>(1024, 0.75f, true);

    private final LinkedHashMap<Sha256, Chunk> open = new LinkedHashMap<>(256, 0.75f, true);
    /** How many hold a chunk, here or still to come. Apart from pins, which say what is being served. */
    private final Map<Sha256, Integer> holds = new HashMap<>();

    /** Chunks that are in the books no more but maybe still on disk: nobody may put them anew until they are gone. */
    private final Set<Sha256> leaving = new HashSet<>();

    private long bytes;
    private int pinned;
    private long evictions;
    private long corrupt;

    private static final class Chunk {
        final long size;
        boolean verified;
        int pins;

        @Nullable
        ResidentBytes content;

        Chunk(long size, boolean verified) {
            this.size = size;
            this.verified = verified;
        }
    }

    private ContentStore(ChunkFiles files, long quota) {
        this.files = files;
        this.quota = quota;
    }

    /**
     * Takes stock of what is there; what an interrupted run left half written is deleted.
     *
     * @param quota bytes that chunks may take; pinned chunks may exceed it for as long as they are
     */
    public static ContentStore open(Path directory, long quota) throws IOException {
        return open(new ChunkFiles(directory, Files::deleteIfExists), quota);
    }

    /** For tests, which say how long deleting takes. */
    static ContentStore open(ChunkFiles files, long quota) throws IOException {
        ContentStore store = new ContentStore(files, quota);
        // In the order of arrival, which is the best guess at their use.
        store.enter(files.takeStock());
        store.delete(store.evictedTo(quota));
        LOG.atInfo()
                .addKeyValue("chunks", store.chunks())
                .addKeyValue("bytes", store.bytes())
                .addKeyValue("quota", quota)
                .log("Content opened");
        return store;
    }

    private synchronized void enter(List<ChunkFiles.Found> found) {
        for (ChunkFiles.Found one : found) {
            chunks.put(one.hash(), new Chunk(one.size(), false));
            bytes += one.size();
        }
    }

    /**
     * A chunk that is here and checked, pinned until the caller closes it; empty when it is not here or not checked yet.
     */
    public Optional<PinnedChunk> pin(Sha256 hash) {
        Chunk chunk;
        ResidentBytes content;
        synchronized (this) {
            chunk = chunks.get(hash);
            if (chunk == null || !chunk.verified) {
                return Optional.empty();
            }
            pinOnce(chunk);
            content = chunk.content;
            if (content != null) {
                open.get(hash); // now the most recently used one
                return Optional.of(pinnedChunk(chunk, content));
            }
        }
        try {
            content = files.load(hash, chunk.size);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("chunk", hash).setCause(e).log("Chunk on disk cannot be read, dropping it");
            List<Sha256> dropped;
            synchronized (this) {
                unpinOnce(chunk);
                dropped = drop(hash, chunk);
            }
            delete(dropped);
            return Optional.empty();
        }
        synchronized (this) {
            if (chunks.get(hash) == chunk) {
                chunk.content = content;
                open.put(hash, chunk);
                closeOldest();
            }
        }
        return Optional.of(pinnedChunk(chunk, content));
    }

    private PinnedChunk pinnedChunk(Chunk chunk, ResidentBytes content) {
        return new PinnedChunk(content, () -> {
            synchronized (this) {
                unpinOnce(chunk);
            }
        });
    }

    private void pinOnce(Chunk chunk) {
        pinned += chunk.pins == 0 ? 1 : 0;
        chunk.pins++;
    }

    private void unpinOnce(Chunk chunk) {
        chunk.pins--;
        pinned -= chunk.pins == 0 ? 1 : 0;
    }

    /** Keeps a chunk from being evicted until it is closed, once. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Holds a chunk, whether it is here already or comes meanwhile, so that it can be put or checked and then pinned by
     * all who asked for it, however much else comes in between.
     */
    public synchronized Hold hold(Sha256 hash) {
        holds.merge(hash, 1, Integer::sum);
        AtomicBoolean held = new AtomicBoolean(true);
        return () -> {
            if (held.getAndSet(false)) {
                endHold(hash);
            }
        };
    }

    private synchronized void endHold(Sha256 hash) {
        holds.computeIfPresent(hash, (same, count) -> count == 1 ? null : count - 1);
    }

    private void closeOldest() {
        Iterator<Chunk> oldest = open.values().iterator();
        while (open.size() > MAX_OPEN && oldest.hasNext()) {
            oldest.next().content = null;
            oldest.remove();
        }
    }

    /** Whether the chunk is on disk, checked or not. */
    public synchronized boolean holds(Sha256 hash) {
        return chunks.containsKey(hash);
    }

    /** Whether the chunk is on disk and checked, so that {@link #pin} gives it. */
    public synchronized boolean isVerified(Sha256 hash) {
        Chunk chunk = chunks.get(hash);
        return chunk != null && chunk.verified;
    }

    /** Checks a chunk that was found at start, once; one that is not what its name says is dropped. Blocks. */
    @SuppressWarnings("try") // the hold is there to be closed
    public boolean verify(Sha256 hash) {
        try (Hold hold = hold(hash)) {
            Chunk chunk;
            synchronized (this) {
                chunk = chunks.get(hash);
                if (chunk == null || chunk.verified) {
                    return chunk != null;
                }
            }
            return verify(hash, chunk);
        }
    }

    private boolean verify(Sha256 hash, Chunk chunk) {
        boolean good = false;
        try {
            good = files.isWhole(hash);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("chunk", hash).setCause(e).log("Chunk on disk cannot be read");
        }
        List<Sha256> dropped = List.of();
        synchronized (this) {
            if (good) {
                chunk.verified = true;
            } else {
                dropped = drop(hash, chunk);
            }
        }
        delete(dropped);
        if (!good) {
            LOG.atWarn().addKeyValue("chunk", hash).log("Chunk on disk was damaged and is dropped");
        }
        return good;
    }

    /** Drops it from the books, unless somebody has put it anew meanwhile; the caller deletes what is returned. */
    private List<Sha256> drop(Sha256 hash, Chunk chunk) {
        corrupt++;
        if (chunks.get(hash) != chunk) {
            return List.of();
        }
        chunks.remove(hash);
        open.remove(hash);
        bytes -= chunk.size;
        leaving.add(hash);
        return List.of(hash);
    }

    /**
     * Keeps a chunk. When the disk is full, others are dropped and the writing is tried once more. Blocks.
     *
     * @throws IllegalArgumentException when the bytes are not what the hash says
     * @throws IOException when it cannot be written
     */
    public void put(Sha256 hash, byte[] content) throws IOException {
        if (!Sha256.of(content).equals(hash)) {
            throw new IllegalArgumentException("bytes are not those of chunk " + hash);
        }
        if (isVerified(hash)) {
            return;
        }
        Path written;
        try {
            written = files.write(hash, content);
        } catch (IOException e) {
            delete(evictedTo(leftOnFullDisk(content.length)));
            written = files.write(hash, content);
        }
        delete(enter(hash, content.length, written));
    }

    /** Takes a written chunk into the books; returns what has to go for it. */
    private synchronized List<Sha256> enter(Sha256 hash, int length, Path written) throws IOException {
        awaitGone(hash);
        Chunk before = chunks.get(hash);
        if (before != null && before.verified) {
            Files.deleteIfExists(written);
            return List.of();
        }
        files.enter(hash, written);
        if (before != null) {
            bytes -= before.size;
        }
        Chunk chunk = new Chunk(length, true);
        chunks.put(hash, chunk);
        bytes += length;
        chunk.pins++; // what has just come is not what goes
        List<Sha256> evicted = evictedTo(quota);
        chunk.pins--;
        return evicted;
    }

    /** What may stay when the disk is full, whatever the quota: a sixteenth less, and at least as much as is to come. */
    private synchronized long leftOnFullDisk(int length) {
        long here = Math.min(quota, bytes);
        return here - Math.max(length, here / 16);
    }

    /** Until the file that had this name has been deleted, which would otherwise take the new one. */
    private synchronized void awaitGone(Sha256 hash) throws InterruptedIOException {
        while (leaving.contains(hash)) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted before chunk " + hash + " was written");
            }
        }
    }

    /**
     * Takes the least recently used chunks out of the books until so many bytes are left.
     *
     * @return what the caller deletes, without the lock: that may take long when it is much
     */
    private synchronized List<Sha256> evictedTo(long target) {
        List<Sha256> evicted = new ArrayList<>();
        Iterator<Map.Entry<Sha256, Chunk>> oldest = chunks.entrySet().iterator();
        while (bytes > target && oldest.hasNext()) {
            Map.Entry<Sha256, Chunk> entry = oldest.next();
            Sha256 hash = entry.getKey();
            if (entry.getValue().pins == 0 && !holds.containsKey(hash)) {
                oldest.remove();
                open.remove(hash);
                bytes -= entry.getValue().size;
                evictions++;
                leaving.add(hash);
                evicted.add(hash);
            }
        }
        return evicted;
    }

    /** Deletes files of chunks that have left the books. Blocks on the disk, and must not hold the lock. */
    private void delete(List<Sha256> left) {
        for (Sha256 hash : left) {
            try {
                files.delete(hash);
            } catch (IOException e) {
                LOG.atWarn()
                        .addKeyValue("chunk", hash)
                        .setCause(e)
                        .log("Chunk cannot be deleted; its space stays taken");
            } finally {
                gone(hash);
            }
        }
    }

    private synchronized void gone(Sha256 hash) {
        leaving.remove(hash);
        notifyAll();
    }

    /** Whether so many more bytes fit without dropping anything. */
    public synchronized boolean hasRoom(long more) {
        return bytes + more <= quota;
    }

    public synchronized long bytes() {
        return bytes;
    }

    public synchronized int chunks() {
        return chunks.size();
    }

    public long quota() {
        return quota;
    }

    public synchronized int pinned() {
        return pinned;
    }

    public synchronized long evictions() {
        return evictions;
    }

    public synchronized long corrupt() {
        return corrupt;
    }

    /** Registers the meters of what is on disk. */
    public void bindTo(MeterRegistry meters) {
        ContentMeters.STORED.gauge(meters, this::bytes);
        ContentMeters.CHUNKS.gauge(meters, this::chunks);
        ContentMeters.QUOTA.gauge(meters, this::quota);
        ContentMeters.PINNED.gauge(meters, this::pinned);
        ContentMeters.EVICTIONS.counter(meters, this, ContentStore::evictions);
        ContentMeters.CORRUPT.counter(meters, this, ContentStore::corrupt);
    }
}
