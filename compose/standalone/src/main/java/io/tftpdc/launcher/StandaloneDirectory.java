package io.tftpdc.launcher;

import io.tftpdc.runtime.directory.DataDirectory;
import io.tftpdc.runtime.directory.DirectoryInUseException;
import io.tftpdc.runtime.directory.UnusableDirectoryException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The data directory of a standalone, claimed before anything else is done, logging included: the log lies inside.
 *
 * <pre>
 *   DIR/format, DIR/in-use.lock    whose it is, see DataDirectory
 *   DIR/kafka                      the broker's: all that must not be lost
 *   DIR/streams, DIR/edge          rebuilt from Kafka when removed
 *   DIR/logs                       tftpdc.log, broker.log
 * </pre>
 */
public final class StandaloneDirectory implements AutoCloseable {

    /** Names this layout; a new number when a version can no longer read the former one. */
    static final String FORMAT = "tftpdc-data/1";

    private final DataDirectory claim;

    private StandaloneDirectory(DataDirectory claim) {
        this.claim = claim;
    }

    public static StandaloneDirectory claim(Path path) throws LaunchException, InterruptedException {
        try {
            return new StandaloneDirectory(DataDirectory.claim(path, FORMAT, Duration.ZERO));
        } catch (DirectoryInUseException e) {
            throw new LaunchException("Another standalone runs here: " + e.getMessage() + " with --data-dir", e);
        } catch (UnusableDirectoryException e) {
            throw new LaunchException(e.getMessage() + " with --data-dir", e);
        } catch (IOException e) {
            throw new LaunchException(
                    "The data directory " + path + " cannot be used (" + e + "); choose another with --data-dir", e);
        }
    }

    Path root() {
        return claim.path();
    }

    Path kafka() {
        return root().resolve("kafka");
    }

    Path streams() {
        return root().resolve("streams");
    }

    Path edge() {
        return root().resolve("edge");
    }

    public Path logs() {
        return root().resolve("logs");
    }

    /** Another standalone may use it from here on. */
    @Override
    public void close() {
        try {
            claim.close();
        } catch (IOException e) {
            // The operating system gives the claim up when the process ends, which is about to happen.
        }
    }
}
