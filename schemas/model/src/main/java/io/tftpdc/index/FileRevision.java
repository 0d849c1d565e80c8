package io.tftpdc.index;

import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import java.util.Map;

/** One thing that happened to a file, as its history keeps it. */
public sealed interface FileRevision {
    EventStamp stamp();

    /** Who caused it. */
    String actor();

    /** A version of the content. */
    record Published(
            EventStamp stamp, String actor, FileContent content, String contentType, Map<String, String> labels)
            implements FileRevision {
        public Published {
            labels = Map.copyOf(labels);
        }
    }

    /** The file was taken away at this stamp. */
    record Removed(EventStamp stamp, String actor) implements FileRevision {}
}
