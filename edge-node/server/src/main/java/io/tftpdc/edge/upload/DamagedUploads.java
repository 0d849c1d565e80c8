package io.tftpdc.edge.upload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of what the {@link Spool} holds and nobody will publish, for people to look at: each file under the name it
 * had, and beside it {@code <name>.reason}, a text that says why. Thread-safe; blocks on the disk.
 */
final class DamagedUploads {
    private static final Logger LOG = LoggerFactory.getLogger(DamagedUploads.class);
    private static final String REASON = ".reason";

    private final Path directory;
    private int count;
    private long nextNumber;
    private String lastReason = "";

    private DamagedUploads(Path directory) {
        this.directory = directory;
    }

    /** Takes stock of what is there. */
    static DamagedUploads open(Path directory) throws IOException {
        Files.createDirectories(directory);
        DamagedUploads damaged = new DamagedUploads(directory);
        List<Path> there;
        try (Stream<Path> entries = Files.list(directory)) {
            there = entries.sorted().toList();
        }
        for (Path file : there) {
            if (!file.getFileName().toString().endsWith(REASON)) {
                damaged.count++;
                damaged.nextNumber = Math.max(damaged.nextNumber, number(file) + 1);
                damaged.lastReason = read(reasonOf(file));
            }
        }
        return damaged;
    }

    private static String read(Path reason) {
        try {
            return Files.readString(reason).strip();
        } catch (IOException e) {
            return "nobody has written it to " + reason;
        }
    }

    private static Path reasonOf(Path file) {
        return file.resolveSibling(file.getFileName() + REASON);
    }

    /** Of {@code 12} or {@code 12.1}; -1 of what somebody else put there. */
    private static long number(Path file) {
        String name = file.getFileName().toString();
        int dot = name.indexOf('.');
        try {
            return Long.parseLong(dot < 0 ? name : name.substring(0, dot));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Beyond the number of every file here: one that was given away comes back for no other upload. */
    synchronized long nextNumber() {
        return nextNumber;
    }

    synchronized int count() {
        return count;
    }

    /** Why the latest one is here; empty when none is. */
    synchronized String lastReason() {
        return lastReason;
    }

    /**
     * Moves a file here.
     *
     * @return where it is now
     * @throws IOException when it cannot be moved; it counts all the same
     */
    synchronized Path take(Path file, String reason) throws IOException {
        count++;
        lastReason = reason;
        Path aside = unusedName(file.getFileName().toString());
        Files.move(file, aside);
        try {
            Files.writeString(reasonOf(aside), reason + "\n");
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", aside)
                    .addKeyValue("reason", reason)
                    .setCause(e)
                    .log("Why an upload was set aside cannot be written beside it");
        }
        return aside;
    }

    private Path unusedName(String name) {
        Path aside = directory.resolve(name);
        for (int i = 1; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); i++) {
            aside = directory.resolve(name + "." + i);
        }
        return aside;
    }
}
