package io.tftpdc.projection;

import io.tftpdc.event.FileEvent;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;

/** What an event did to its file's entry: the decision of {@link FileIndexProjector}, without Kafka. */
sealed interface FileIndexChange {

    /** The entry is another one now. */
    record Applied(FileIndexEntry entry) implements FileIndexChange {}

    /**
     * The event is in the entry already. It is written and emitted again all the same: after a crash an event is
     * processed again whose entry reached the local store, but neither its changelog nor {@code tftp.file-index}.
     */
    record Repeated(FileIndexEntry entry) implements FileIndexChange {}

    /** Too old to be kept beside the revisions that are there. */
    record Superseded() implements FileIndexChange {}

    /** A kind of event that is newer than this program. */
    record Unknown() implements FileIndexChange {}

    static FileIndexChange of(FileIndexEntry before, FileEvent event) {
        if (event instanceof FileEvent.UnknownEvent) {
            return new Unknown();
        }
        FileIndexEntry after = FileIndexFold.apply(before, event);
        if (!after.equals(before)) {
            return new Applied(after);
        }
        boolean present = before.revisions().stream()
                .anyMatch(revision -> revision.stamp().equals(event.stamp()));
        return present ? new Repeated(before) : new Superseded();
    }
}
