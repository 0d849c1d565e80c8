package io.tftpdc.edge.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads on disk until Kafka has them, one file each, numbered in the order in which they were acknowledged:
 *
 * <pre>
 *   receiving/7.part                  an upload that runs; deleted at the next start
 *   waiting/00000000000000000012      acknowledged, to be published
 *   damaged/00000000000000000003      is not published; for people to look at, see {@link DamagedUploads}
 *
 *   0            size                                            end
 *   +------------+----------------+--------------+---------------+
 *   |  content   | SpoolEntry     | its length   | "TFTPUPL1"    |
 *   |            | (JSON, UTF-8)  | (4 bytes)    | (8 bytes)     |
 *   +------------+----------------+--------------+---------------+
 * </pre>
 *
 * <p>A file gets its name in {@code waiting} only when all of it has been forced to disk, and the upload is acknowledged
 * only when the name has been forced too: neither a killed process nor a power cut loses one or shows half of it.
 *
 * <p>Thread-safe; everything that writes or reads a file blocks on the disk.
 */
final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private static final byte[] MAGIC = {'T', 'F', 'T', 'P', 'U', 'P', 'L', '1'};
    private static final int TAIL_BYTES = Integer.BYTES + MAGIC.length;
    /** No description is longer: paths, actors and labels are bounded. */
    private static final int MOST_ENTRY_BYTES = 64 * 1024;

    private static final long FORCER_IDLE_SECONDS = 10;

    private final Path receiving;
    private final Path waiting;
    private final Path damagedDirectory;
    private final DamagedUploads damaged;
    private final long mostBytes;
    private final AtomicLong partNumber = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final ForcedFile.Disk disk;

    /** Ends by itself when there is nothing to do. */
    private final ThreadPoolExecutor forcer =
            new ThreadPoolExecutor(1, 1, FORCER_IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "upload-forcer");
                thread.setDaemon(true);
                return thread;
            });

    /** Guarded by itself, and so is the order of names: who holds the lock gives the next one. */
    private final TreeMap<Long, Spooled> files = new TreeMap<>();

    private long nextNumber;
    private long waitingBytes;

    /** One upload that waits. */
    record Spooled(long number, Path file, SpoolEntry entry) {}

    /** There is no room for an upload, by configuration or on the disk. */
    static final class FullException extends IOException {
        private static final long serialVersionUID = 1L;

        FullException(String message) {
            super(message);
        }
    }

    private Spool(Path directory, long mostBytes, ForcedFile.Disk disk) throws IOException {
        this.receiving = directory.resolve("receiving");
        this.waiting = directory.resolve("waiting");
        this.damagedDirectory = directory.resolve("damaged");
        this.damaged = DamagedUploads.open(damagedDirectory);
        this.mostBytes = mostBytes;
        this.disk = disk;
        forcer.allowCoreThreadTimeOut(true);
    }

    /**
     * Takes stock of what waits; what an interrupted run left half received is deleted.
     *
     * @param mostBytes of content, received or waiting
     */
    static Spool open(Path directory, long mostBytes) throws IOException {
        return open(directory, mostBytes, ForcedFile.Disk.REAL);
    }

    static Spool open(Path directory, long mostBytes, ForcedFile.Disk disk) throws IOException {
        Spool spool = new Spool(directory, mostBytes, disk);
        Files.createDirectories(spool.receiving);
        Files.createDirectories(spool.waiting);
        force(directory);
        spool.scan();
        return spool;
    }

    private void scan() throws IOException {
        for (Path part : list(receiving)) {
            Files.delete(part);
        }
        synchronized (files) {
            nextNumber = damaged.nextNumber();
            for (Path file : list(waiting)) {
                long number = number(file);
                nextNumber = Math.max(nextNumber, number + 1);
                try {
                    add(new Spooled(number, file, readEntry(file)));
                } catch (IOException e) {
                    setAside(file, String.valueOf(e.getMessage()));
                }
            }
        }
        if (!files.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("uploads", files.size())
                    .addKeyValue("bytes", waitingBytes)
                    .log("Uploads from an earlier run wait to be published");
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private static long number(Path file) throws IOException {
        try {
            return Long.parseLong(file.getFileName().toString());
        } catch (NumberFormatException e) {
            throw new IOException(
                    file + " is not a spooled upload; expected a number as its name. Move it elsewhere", e);
        }
    }

    private void add(Spooled spooled) {
        files.put(spooled.number(), spooled);
        waitingBytes += spooled.entry().size();
        taken.addAndGet(spooled.entry().size());
    }

    private static SpoolEntry readEntry(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = channel.size();
            ByteBuffer tail = read(channel, end - TAIL_BYTES, TAIL_BYTES);
            int length = tail.getInt();
            if (!tail.equals(ByteBuffer.wrap(MAGIC)) || length < 0 || length > MOST_ENTRY_BYTES) {
                throw new IOException("it does not end as a spooled upload does");
            }
            ByteBuffer bytes = read(channel, end - TAIL_BYTES - length, length);
            SpoolEntry entry = SpoolEntry.decode(bytes.array());
            if (entry.size() != end - TAIL_BYTES - length) {
                throw new IOException(
                        "it has " + (end - TAIL_BYTES - length) + " bytes of content; expected " + entry.size());
            }
            return entry;
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        long from = position;
        while (from >= 0 && buffer.hasRemaining()) {
            int count = channel.read(buffer, from);
            if (count < 0) {
                break;
            }
            from += count;
        }
        if (buffer.hasRemaining()) {
            throw new IOException("it is too short");
        }
        return buffer.flip();
    }

    /**
     * Begins a file.
     *
     * @param expected bytes of content, 0 when nobody knows
     * @throws FullException when so many are too many
     */
    Part begin(long expected) throws IOException {
        long usable = Files.getFileStore(receiving).getUsableSpace();
        if (expected > usable) {
            throw new FullException("the disk has room for " + usable + " bytes and " + expected
                    + " are needed; free some, or wait until the uploads that wait have been published");
        }
        Path file = receiving.resolve(partNumber.incrementAndGet() + ".part");
        return new Part(new ForcedFile(file, disk, forcer));
    }

    /** A file that is being written; for one thread at a time. */
    final class Part {
        private final ForcedFile file;
        private long size;
        private boolean over;

        private Part(ForcedFile file) {
            this.file = file;
        }

        /** @throws FullException when the spool or the disk has no room for it */
        void write(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            if (taken.addAndGet(length) > mostBytes) {
                taken.addAndGet(-length);
                throw new FullException("uploads may wait for Kafka up to " + mostBytes
                        + " bytes and the room is used up; wait until they have been published, or raise"
                        + " uploads.spool-size");
            }
            size += length;
            writeFully(bytes);
        }

        private void writeFully(ByteBuffer bytes) throws IOException {
            try {
                file.write(bytes);
            } catch (IOException e) {
                throw isFull(e) ? new FullException("the disk of the upload journal is full; free some of it") : e;
            }
        }

        /** Returns when the content and its description are where no crash loses them. */
        Spooled keep(SpoolEntry entry) throws IOException {
            if (size != entry.size()) {
                throw new IOException(size + " bytes were written; expected " + entry.size());
            }
            byte[] description = entry.encode();
            ByteBuffer tail = ByteBuffer.allocate(description.length + TAIL_BYTES);
            tail.put(description).putInt(description.length).put(MAGIC).flip();
            writeFully(tail);
            file.finish();
            Spooled spooled;
            synchronized (files) {
                long number = nextNumber;
                Path named = waiting.resolve(String.format(Locale.ROOT, "%020d", number));
                Files.move(file.path(), named, StandardCopyOption.ATOMIC_MOVE);
                nextNumber++;
                over = true;
                taken.addAndGet(-size);
                spooled = new Spooled(number, named, entry);
                add(spooled);
            }
            force(waiting);
            return spooled;
        }

        /** Deletes what was written. Idempotent, and without effect after {@link #keep}. */
        void discard() {
            if (over) {
                return;
            }
            over = true;
            taken.addAndGet(-size);
            try {
                file.close();
                Files.deleteIfExists(file.path());
            } catch (IOException e) {
                LOG.atWarn()
                        .addKeyValue("file", file.path())
                        .setCause(e)
                        .log("Part of an upload stays until the next start");
            }
        }
    }

    /** Linux and the others say so in words only. */
    static boolean isFull(IOException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left")
                || message.contains("not enough space")
                || message.contains("quota exceeded")
                || message.contains("disk full");
    }

    /** What waits with numbers from {@code from} on, in the order of acknowledgement, at most {@code limit}. */
    List<Spooled> waiting(long from, int limit) {
        synchronized (files) {
            List<Spooled> found = new ArrayList<>();
            for (Spooled spooled : files.tailMap(from, true).values()) {
                if (found.size() == limit) {
                    break;
                }
                found.add(spooled);
            }
            return found;
        }
    }

    /**
     * Kafka has it: it is not needed any more.
     *
     * @throws IOException when the file stays; it does not wait all the same, until the next start
     */
    void remove(Spooled spooled) throws IOException {
        try {
            Files.deleteIfExists(spooled.file());
        } finally {
            forget(spooled);
        }
    }

    /**
     * It cannot be published as it was acknowledged: nobody is given it, and people may look at it.
     *
     * @throws IOException when it cannot be moved; it does not wait all the same, until the next start
     */
    void setAside(Spooled spooled, String reason) throws IOException {
        forget(spooled);
        setAside(spooled.file(), reason);
    }

    private void setAside(Path file, String reason) throws IOException {
        Path aside = damaged.take(file, reason);
        force(damagedDirectory);
        force(waiting);
        LOG.atError()
                .addKeyValue("file", aside)
                .addKeyValue("reason", reason)
                .log("A spooled upload is set aside and is not published");
    }

    private void forget(Spooled spooled) {
        synchronized (files) {
            if (files.remove(spooled.number()) != null) {
                waitingBytes -= spooled.entry().size();
                taken.addAndGet(-spooled.entry().size());
            }
        }
    }

    int count() {
        synchronized (files) {
            return files.size();
        }
    }

    long bytes() {
        synchronized (files) {
            return waitingBytes;
        }
    }

    int damaged() {
        return damaged.count();
    }

    /** Why the latest of {@link #damaged} was set aside; empty when none was. */
    String lastDamage() {
        return damaged.lastReason();
    }

    /** When the oldest one was acknowledged, in milliseconds since 1970; 0 when none waits. */
    long oldestMillis() {
        synchronized (files) {
            return files.isEmpty()
                    ? 0
                    : files.firstEntry().getValue().entry().envelope().time().wallMillis();
        }
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }
}
