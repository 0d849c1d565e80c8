package io.tftpdc.projection;

import io.tftpdc.event.FileContent;
import java.util.concurrent.CompletableFuture;

/** Brings the bytes of a version to the peers once more, whose mirrors have passed by where they lie. */
@FunctionalInterface
public interface ContentRepair {
    /** Leaves the bytes alone. */
    ContentRepair NONE = content -> CompletableFuture.completedFuture(null);

    /**
     * Writes the chunks into this site's {@code tftp.content} again: a chunk has one possible value, so that it does no
     * harm. Returns at once; any thread may call it.
     *
     * @return completes when Kafka has them; exceptionally when they cannot be read or written
     */
    CompletableFuture<?> writeAgain(FileContent content);
}
