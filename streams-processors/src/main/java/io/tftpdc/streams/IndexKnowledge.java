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

/**
 * Asks the site's index for the intake: its own store, or the process that holds the file. An index that did not answer is
 * left alone for a while, and for longer the longer it took to fail, so that one that hangs never has more than a fifth of
 * the intake's time. Any thread may ask.
 */
final class IndexKnowledge implements SiteKnowledge {
    private static final long LEAST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How many times as long as a question that failed the index is left alone. */
    private static final int REST = 4;

    private final Function<FileKey, FileIndexEntry> index;
    private final LongSupplier nanoTime;
    private final AtomicLong askAgainNanos;

    /** @param index may throw {@link NotQueryableException} or {@link InvalidStateStoreException} */
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
            long failed = nanoTime.getAsLong();
            askAgainNanos.set(failed + Math.max(LEAST_REST_NANOS, REST * (failed - began)));
            return VersionVector.UNKNOWN;
        }
    }
}
