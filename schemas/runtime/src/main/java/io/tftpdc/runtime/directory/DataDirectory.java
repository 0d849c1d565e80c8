package io.tftpdc.runtime.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The claim of one process on a data directory, held until it is closed or the process ends, however it ends.
 *
 * <p>Two files in the directory carry it: {@code in-use.lock}, locked with the operating system and holding the
 * owner's process id, and {@code format}, one line naming what wrote the directory. Needs nothing but the JDK.
 */
public final class DataDirectory implements AutoCloseable {

    private static final String LOCK_FILE = "in-use.lock";
    private static final String FORMAT_FILE = "format";
    private static final long RETRY_MILLIS = 50;

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Creates the directory when absent, and claims it.
     *
     * @param format what we write, as {@code name/number}; a directory of another format is refused
     * @param patience how long to wait for a process that is just ending; zero to be refused at once
     * @throws UnusableDirectoryException when another process has it, or something else wrote it
     */
    public static DataDirectory claim(Path path, String format, Duration patience)
            throws IOException, UnusableDirectoryException, InterruptedException {
        Files.createDirectories(path);
        if (!Files.exists(path.resolve(LOCK_FILE)) && formatOf(path) == null) {
            refuseStrangers(path); // before a lock file is left among them
        }
        FileChannel channel = lock(path, patience);
        try {
            checkFormat(path, format);
            return new DataDirectory(path, channel);
        } catch (IOException | UnusableDirectoryException e) {
            channel.close();
            throw e;
        }
    }

    /** Waits until no process has claimed the directory any more; false when that takes longer than the patience. */
    public static boolean awaitFree(Path path, Duration patience) throws IOException, InterruptedException {
        if (!Files.exists(path.resolve(LOCK_FILE)) && formatOf(path) == null) {
            return true;
        }
        try {
            lock(path, patience).close();
            return true;
        } catch (DirectoryInUseException e) {
            return false;
        }
    }

    public Path path() {
        return path;
    }

    /** The directory is free for another process from here on. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static FileChannel lock(Path path, Duration patience)
            throws IOException, DirectoryInUseException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            while (tryLock(channel) == null) {
                if (System.nanoTime() - deadline >= 0) {
                    throw new DirectoryInUseException(path, ownerIn(channel), patience);
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | DirectoryInUseException | InterruptedException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this very process has it
        }
    }

    private static OptionalLong ownerIn(FileChannel channel) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(32);
            channel.read(bytes, 0);
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).trim();
            return OptionalLong.of(Long.parseLong(text));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty(); // no name to give, which changes nothing about the lock
        }
    }

    private static void checkFormat(Path path, String format) throws IOException, UnusableDirectoryException {
        String found = formatOf(path);
        if (found == null) {
            refuseStrangers(path);
            writeFormat(path, format);
        } else if (!found.equals(format)) {
            throw new UnusableDirectoryException(path + " was written in the format \"" + found
                    + "\", this version reads and writes \"" + format
                    + "\"; run the version that wrote it, or choose another directory");
        }
    }

    private static void refuseStrangers(Path path) throws IOException, UnusableDirectoryException {
        List<String> strangers = othersIn(path);
        if (!strangers.isEmpty()) {
            throw new UnusableDirectoryException(path + " holds other things already (" + strangers.getFirst()
                    + (strangers.size() > 1 ? ", ..." : "") + ") and no data of ours; choose another directory");
        }
    }

    private static @Nullable String formatOf(Path path) throws IOException {
        try {
            return Files.readString(path.resolve(FORMAT_FILE)).strip();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static List<String> othersIn(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.equals(LOCK_FILE) && !name.startsWith(FORMAT_FILE))
                    .sorted()
                    .toList();
        }
    }

    private static void writeFormat(Path path, String format) throws IOException {
        Path written = Files.writeString(path.resolve(FORMAT_FILE + ".new"), format + "\n");
        Files.move(written, path.resolve(FORMAT_FILE), StandardCopyOption.ATOMIC_MOVE);
    }
}
