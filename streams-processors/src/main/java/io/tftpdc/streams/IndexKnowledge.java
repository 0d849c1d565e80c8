package io.tftpdc.streams;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.VersionVector;
import io.tftpdc.intake.SiteKnowledge;
import io.tftpdc.query.FileIndexQuery;
import io.tftpdc.query.NotQueryableException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.errors.InvalidStateStoreException;

/** Asks the site's index for the intake. An index that did not answer is left alone for a while, lest it delay every publish. */
final class IndexKnowledge implements SiteKnowledge {
    private static final long REST_NANOS = 1_000_000_000L;

    private final FileIndexQuery index;
    private final AtomicLong askAgainNanos = new AtomicLong(System.nanoTime());

    IndexKnowledge(FileIndexQuery index) {
        this.index = index;
    }

    @Override
    public VersionVector of(FileKey key) {
        if (System.nanoTime() - askAgainNanos.get() < 0) {
            return VersionVector.UNKNOWN;
        }
        try {
            return index.entry(key).seen();
        } catch (NotQueryableException | InvalidStateStoreException e) {
            askAgainNanos.set(System.nanoTime() + REST_NANOS);
            return VersionVector.UNKNOWN;
        }
    }
}
