package io.tftpdc.streams;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.intake.SiteKnowledge;
import io.tftpdc.query.NotQueryableException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the site's index for the intake: its own store, or the process that holds the file. An index that did not answer is
 * left alone for a while, and for longer the longer it took to fail, so that one that hangs never has more than a fifth of
 * the intake's time. Any thread may ask.
 */
final class IndexKnowledge implements SiteKnowledge {
    private static final Logger LOG = LoggerFactory.getLogger(IndexKnowledge.class);
    private static final long LEAST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How many times as long as a question that failed the index is left alone. */
    private static final int REST = 4;

    private final Function<FileKey, FileIndexEntry> index;
    private final LongSupplier nanoTime;
    private final AtomicLong askAgainNanos;

    /** @param index may throw {@link NotQueryableException} or {@link InvalidStateStoreException}; whatever else is logged */
    IndexKnowledge(Function<FileKey, FileIndexEntry> index) {
        this(index, System::nanoTime);
    }

    IndexKnowledge(Function<FileKey, FileIndexEntry> index, LongSupplier nanoTime) {
        this.index = index;
        this.nanoTime = nanoTime;
        this.askAgainNanos = new AtomicLong(nanoTime.getAsLong());
    }

    @Override
    public VersionVector of(FileKey key) {
        long began = nanoTime.getAsLong();
        if (began - askAgainNanos.get() < 0) {
            return VersionVector.UNKNOWN;
        }
        try {
            return index.apply(key).seen();
        } catch (NotQueryableException | InvalidStateStoreException e) {
            rest(began);
            return VersionVector.UNKNOWN;
        } catch (RuntimeException e) {
            // An answer that cannot be read, such as of another version's process, must not end the intake's thread: it
            // would ask the same again after every restart.
            LOG.atWarn().addKeyValue("file", key).setCause(e).log("The index's answer is not understood");
            rest(began);
            return VersionVector.UNKNOWN;
        }
    }

    private void rest(long began) {
        long failed = nanoTime.getAsLong();
        askAgainNanos.set(failed + Math.max(LEAST_REST_NANOS, REST * (failed - began)));
    }
}
