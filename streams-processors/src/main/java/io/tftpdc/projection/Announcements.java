package io.tftpdc.projection;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import io.tftpdc.index.FileRevision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries on their way to the peers once more: first their bytes, then the events of all their revisions, the same in
 * stamp and id as ever, so that folding them again changes nothing where they are known. Bounded; used by one thread.
 */
final class Announcements {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
    /** Entries whose bytes may be on their way at once. */
    private static final int MOST_AT_ONCE = 256;

    private final ContentRepair content;
    private final ConvergenceMeters meters;
    private final Deque<OnItsWay> queue = new ArrayDeque<>();

    private record OnItsWay(FileIndexEntry entry, CompletableFuture<?> bytes) {}

    Announcements(ContentRepair content, ConvergenceMeters meters) {
        this.content = content;
        this.meters = meters;
    }

    boolean isFull() {
        return queue.size() >= MOST_AT_ONCE;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    void add(FileIndexEntry entry) {
        queue.add(new OnItsWay(
                entry,
                CompletableFuture.allOf(
                        wanted(entry).stream().map(content::writeAgain).toArray(CompletableFuture[]::new))));
    }

    /** Bytes of what is served, and of what an operator may still want back. */
    private static List<FileContent> wanted(FileIndexEntry entry) {
        List<FileRevision> revisions = new ArrayList<>(entry.conflicts());
        entry.winner().ifPresent(revisions::add);
        List<FileContent> wanted = new ArrayList<>();
        for (FileRevision revision : revisions) {
            if (revision instanceof FileRevision.Published published
                    && published.content().size() > 0) {
                wanted.add(published.content());
            }
        }
        return wanted;
    }

    /**
     * Hands out the events of the entries whose bytes are there, the oldest revision first. Where bytes cannot be had
     * the events go out all the same: the index is to agree, and another site may have the bytes.
     */
    void forward(Consumer<FileEvent> to) {
        while (!queue.isEmpty() && queue.peek().bytes().isDone()) {
            OnItsWay next = queue.remove();
            if (next.bytes().isCompletedExceptionally()) {
                meters.contentLost();
                LOG.atWarn()
                        .addKeyValue("filePath", next.entry().key())
                        .addKeyValue("reason", next.bytes().exceptionNow().toString())
                        .log("An entry is announced again, but its bytes cannot be written again");
            }
            List<FileRevision> revisions = next.entry().revisions();
            for (int i = revisions.size() - 1; i >= 0; i--) {
                to.accept(FileIndexFold.event(next.entry().key(), revisions.get(i)));
            }
            meters.announced();
        }
    }
}
