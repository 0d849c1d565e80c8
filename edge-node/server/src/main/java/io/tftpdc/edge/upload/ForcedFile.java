package io.tftpdc.edge.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is written once, from its beginning to its end, and is then on the disk. What has come is forced
 * meanwhile, on another thread, so that the end does not wait for all of it.
 *
 * <p>One thread at a time writes.
 */
final class ForcedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ForcedFile.class);

    static final long FORCE_EVERY_BYTES = 4L << 20;

    /** Has the operating system write to the disk what it keeps in memory. */
    @FunctionalInterface
    interface Disk {
        Disk REAL = file -> file.force(false);

        void force(FileChannel file) throws IOException;
    }

    private final Path path;
    private final FileChannel channel;
    private final Disk disk;
    private final Executor forcer;
    private long unforced;

    private final Object forcing = new Object();

    /** Guarded by {@link #forcing}: a system tells of what it has lost to one call only, and not to the next one. */
    private @Nullable IOException lost;

    /** @param forcer whose thread may wait for the disk */
    ForcedFile(Path path, Disk disk, Executor forcer) throws IOException {
        this.path = path;
        this.disk = disk;
        this.forcer = forcer;
        this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    Path path() {
        return path;
    }

    void write(ByteBuffer bytes) throws IOException {
        unforced += bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        if (unforced >= FORCE_EVERY_BYTES) {
            unforced = 0;
            forcer.execute(this::forceMeanwhile);
        }
    }

    private void forceMeanwhile() {
        synchronized (forcing) {
            try {
                if (lost == null) {
                    disk.force(channel);
                }
            } catch (ClosedChannelException over) {
                LOG.atTrace().addKeyValue("file", path).log("An upload ended while it was being forced to disk");
            } catch (IOException e) {
                lost = e;
            }
        }
    }

    /**
     * Returns when all of it is on the disk, and closes the file.
     *
     * @throws IOException also when something was lost on the way there earlier
     */
    void finish() throws IOException {
        synchronized (forcing) {
            if (lost != null) {
                throw lost;
            }
            disk.force(channel);
        }
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
