package io.tftpdc.edge.content;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
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

    /** Up to this size copying costs less than mapping and unmapping. */
    private static final int MAP_FROM_BYTES = 32 * 1024;

    /** Chunks kept mapped while nobody needs them; at most 2 GiB of address space. */
    private static final int MAX_OPEN = 4096;

    private static final String TEMPORARY = "tmp";

    private final Path directory;
    private final long quota;
    private final AtomicLong temporaryNumber = new AtomicLong();

    /** Least recently used first. All below is guarded by this store's lock, which is held for no longer than a rename. */
    private final LinkedHashMap<Sha256, Chunk> chunks = new LinkedHashMap<>(1024, 0.75f, true);

    private final LinkedHashMap<Sha256, Chunk> open = new LinkedHashMap<>(256, 0.75f, true);
    /** How many hold a chunk, here or still to come. Apart from pins, which say what is being served. */
    private final Map<Sha256, Integer> holds = new HashMap<>();

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

    private ContentStore(Path directory, long quota) {
        this.directory = directory;
        this.quota = quota;
    }

    /**
     * Takes stock of what is there; what an interrupted run left half written is deleted.
     *
     * @param quota bytes that chunks may take; pinned chunks may exceed it for as long as they are
     */
    public static ContentStore open(Path directory, long quota) throws IOException {
        ContentStore store = new ContentStore(directory, quota);
        Files.createDirectories(directory.resolve(TEMPORARY));
        store.scan();
        synchronized (store) {
            store.evict(0);
        }
        LOG.atInfo()
                .addKeyValue("chunks", store.chunks())
                .addKeyValue("bytes", store.bytes())
                .addKeyValue("quota", quota)
                .log("Content opened");
        return store;
    }

    private record Found(Sha256 hash, long size, FileTime arrived) {}

    private void scan() throws IOException {
        List<Found> found = new ArrayList<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Optional<Sha256> hash = hashIn(file);
                if (hash.isPresent()) {
                    found.add(new Found(hash.get(), attributes.size(), attributes.lastModifiedTime()));
                } else if (file.startsWith(directory.resolve(TEMPORARY))) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        // In the order of arrival, which is the best guess at their use.
        found.sort(Comparator.comparing(Found::arrived));
        synchronized (this) {
            for (Found one : found) {
                chunks.put(one.hash(), new Chunk(one.size(), false));
                bytes += one.size();
            }
        }
    }

    private Optional<Sha256> hashIn(Path file) {
        String name = file.getFileName().toString();
        if (name.length() != 2 * Sha256.BYTES) {
            return Optional.empty();
        }
        try {
            Sha256 hash = Sha256.parse(name);
            return file.equals(fileOf(hash)) ? Optional.of(hash) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Path fileOf(Sha256 hash) {
        String hex = hash.hex();
        return directory.resolve(hex.substring(0, 2)).resolve(hex);
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
            content = readable(hash, chunk.size);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("chunk", hash).setCause(e).log("Chunk on disk cannot be read, dropping it");
            synchronized (this) {
                unpinOnce(chunk);
                drop(hash, chunk);
                corrupt++;
            }
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

    private ResidentBytes readable(Sha256 hash, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(fileOf(hash), StandardOpenOption.READ)) {
            if (channel.size() != size) {
                throw new IOException("chunk " + hash + " has " + channel.size() + " bytes; expected " + size);
            }
            if (size >= MAP_FROM_BYTES) {
                return ResidentBytes.of(channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect((int) size);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                continue;
            }
            if (buffer.hasRemaining()) {
                throw new IOException("chunk " + hash + " ended early");
            }
            return ResidentBytes.of(buffer.flip());
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
            good = Sha256.of(Files.readAllBytes(fileOf(hash))).equals(hash);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("chunk", hash).setCause(e).log("Chunk on disk cannot be read");
        }
        synchronized (this) {
            if (good) {
                chunk.verified = true;
            } else {
                drop(hash, chunk);
                corrupt++;
            }
        }
        if (!good) {
            LOG.atWarn().addKeyValue("chunk", hash).log("Chunk on disk was damaged and is dropped");
        }
        return good;
    }

    /** Drops it from the books and from the disk, unless somebody has put it anew meanwhile. */
    private void drop(Sha256 hash, Chunk chunk) {
        if (chunks.get(hash) == chunk) {
            chunks.remove(hash);
            open.remove(hash);
            bytes -= chunk.size;
            delete(hash);
        }
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
            written = writeTemporary(hash, content);
        } catch (IOException e) {
            synchronized (this) {
                evict(Math.max(content.length, Math.min(quota, bytes) / 16));
            }
            written = writeTemporary(hash, content);
        }
        synchronized (this) {
            Chunk before = chunks.get(hash);
            if (before != null && before.verified) {
                Files.deleteIfExists(written);
                return;
            }
            Path file = fileOf(hash);
            Files.createDirectories(file.getParent());
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            if (before != null) {
                bytes -= before.size;
            }
            Chunk chunk = new Chunk(content.length, true);
            chunks.put(hash, chunk);
            bytes += content.length;
            chunk.pins++; // what has just come is not what goes
            evict(0);
            chunk.pins--;
        }
    }

    private Path writeTemporary(Sha256 hash, byte[] content) throws IOException {
        Path file = directory.resolve(TEMPORARY).resolve(hash.hex() + "." + temporaryNumber.incrementAndGet());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(false);
            return file;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Drops the least recently used chunks until the quota is kept with so much to spare. */
    private void evict(long spare) {
        Iterator<Map.Entry<Sha256, Chunk>> oldest = chunks.entrySet().iterator();
        while (bytes > quota - spare && oldest.hasNext()) {
            Map.Entry<Sha256, Chunk> entry = oldest.next();
            if (entry.getValue().pins == 0 && !holds.containsKey(entry.getKey())) {
                oldest.remove();
                open.remove(entry.getKey());
                bytes -= entry.getValue().size;
                evictions++;
                delete(entry.getKey());
            }
        }
    }

    private void delete(Sha256 hash) {
        try {
            Files.deleteIfExists(fileOf(hash));
        } catch (NoSuchFileException e) {
            LOG.atTrace().addKeyValue("chunk", hash).log("Chunk was gone already");
        } catch (IOException e) {
            throw new UncheckedIOException("chunk " + hash + " cannot be deleted", e);
        }
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
        counter(meters, ContentMeters.EVICTIONS, ContentStore::evictions);
        counter(meters, ContentMeters.CORRUPT, ContentStore::corrupt);
    }

    private void counter(MeterRegistry meters, ContentMeters meter, ToDoubleFunction<ContentStore> value) {
        FunctionCounter.builder(meter.meterName(), this, value)
                .description(meter.description())
                .register(meters);
    }
}
