package io.tftpdc.edge.content;

import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The files of a {@link ContentStore}: {@code ab/abcdef…}, and {@code tmp} for what is being written. Knows nothing of
 * which chunks are wanted. All of it blocks on the disk; any thread.
 */
final class ChunkFiles {
    /** Up to this size copying costs less than mapping and unmapping. */
    private static final int MAP_FROM_BYTES = 32 * 1024;

    private static final String TEMPORARY = "tmp";

    private final Path directory;
    private final Deletion deletion;
    private final AtomicLong temporaryNumber = new AtomicLong();

    /** How a file is deleted, which may take its time. */
    interface Deletion {
        void delete(Path file) throws IOException;
    }

    ChunkFiles(Path directory, Deletion deletion) {
        this.directory = directory;
        this.deletion = deletion;
    }

    /** A chunk that was there at start; nobody has looked whether it is what its name says. */
    record Found(Sha256 hash, long size, FileTime arrived) {}

    /** What is there, in the order of arrival; deletes what an interrupted run left half written. */
    List<Found> takeStock() throws IOException {
        Path temporary = Files.createDirectories(directory.resolve(TEMPORARY));
        List<Found> found = new ArrayList<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Optional<Sha256> hash = hashIn(file);
                if (hash.isPresent()) {
                    found.add(new Found(hash.get(), attributes.size(), attributes.lastModifiedTime()));
                } else if (file.startsWith(temporary)) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(Comparator.comparing(Found::arrived));
        return found;
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

    /** Writes a chunk to a file of no name yet, and forces it to disk. */
    Path write(Sha256 hash, byte[] content) throws IOException {
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

    /** Gives what was written its name, in place of what had it before. */
    void enter(Sha256 hash, Path written) throws IOException {
        Path file = fileOf(hash);
        Files.createDirectories(file.getParent());
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The chunk in memory. */
    ResidentBytes load(Sha256 hash, long size) throws IOException {
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

    /** Whether its bytes are what its name says. */
    boolean isWhole(Sha256 hash) throws IOException {
        return Sha256.of(Files.readAllBytes(fileOf(hash))).equals(hash);
    }

    void delete(Sha256 hash) throws IOException {
        deletion.delete(fileOf(hash));
    }
}
