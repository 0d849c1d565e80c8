package io.tftpdc.index;

import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.VersionVector;
import java.util.Map;

/** One thing that happened to a file, as its history keeps it. */
public sealed interface FileRevision {
    EventStamp stamp();

    /** Who caused it. */
    String actor();

    /** What the writer knew of the file when he wrote this. */
    VersionVector seen();

    /** A version of the content. */
    record Published(
            EventStamp stamp,
            String actor,
            FileContent content,
            String contentType,
            Map<String, String> labels,
            VersionVector seen)
            implements FileRevision {
        public Published {
            labels = Map.copyOf(labels);
        }

        /** By a writer who did not say what he knew. */
        public Published(
                EventStamp stamp, String actor, FileContent content, String contentType, Map<String, String> labels) {
            this(stamp, actor, content, contentType, labels, VersionVector.UNKNOWN);
        }
    }

    /** The file was taken away at this stamp. */
    record Removed(EventStamp stamp, String actor, VersionVector seen) implements FileRevision {
        /** By a writer who did not say what he knew. */
        public Removed(EventStamp stamp, String actor) {
            this(stamp, actor, VersionVector.UNKNOWN);
        }
    }

    /** Whether the writer of this knew of the other one. What one site says of a file comes one after the other. */
    default boolean knewOf(FileRevision other) {
        if (stamp().origin().equals(other.stamp().origin()) || !seen().known()) {
            return other.stamp().compareTo(stamp()) < 0;
        }
        return seen().includes(other.stamp());
    }

    /** Whether readers would get the same either way. */
    default boolean sameEffect(FileRevision other) {
        return switch (this) {
            case Removed removed -> other instanceof Removed;
            case Published published ->
                other instanceof Published that
                        && published.content().hash().equals(that.content().hash())
                        && published.contentType().equals(that.contentType())
                        && published.labels().equals(that.labels());
        };
    }
}
