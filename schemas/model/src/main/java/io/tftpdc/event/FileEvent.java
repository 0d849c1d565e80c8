package io.tftpdc.event;

import java.util.Map;

/** A fact about one file. */
public sealed interface FileEvent {
    EventEnvelope envelope();

    FileKey key();

    /** What the writer knew of the file when he wrote this. */
    VersionVector seen();

    default EventStamp stamp() {
        return envelope().stamp();
    }

    /**
     * A version of the file was published. All its bytes were in Kafka before this event was, or in the object that its
     * content names.
     *
     * @param contentType media type, or empty when unknown
     * @param labels free key-values of the publisher, for placement and search
     */
    record FilePublished(
            EventEnvelope envelope,
            FileKey key,
            FileContent content,
            String contentType,
            Map<String, String> labels,
            VersionVector seen)
            implements FileEvent {
        public FilePublished {
            labels = Map.copyOf(labels);
        }

        /** By a writer who does not say what he knew. */
        public FilePublished(
                EventEnvelope envelope,
                FileKey key,
                FileContent content,
                String contentType,
                Map<String, String> labels) {
            this(envelope, key, content, contentType, labels, VersionVector.UNKNOWN);
        }
    }

    /** The file was taken away. It stays in the index as an entry with this event's stamp. */
    record FileRemoved(EventEnvelope envelope, FileKey key, VersionVector seen) implements FileEvent {
        /** By a writer who does not say what he knew. */
        public FileRemoved(EventEnvelope envelope, FileKey key) {
            this(envelope, key, VersionVector.UNKNOWN);
        }
    }

    /**
     * A kind of event that is newer than this program. It is counted and leaves the index alone; an upgraded reader
     * replays to pick it up.
     *
     * @param type what the record calls itself
     */
    record UnknownEvent(EventEnvelope envelope, FileKey key, String type) implements FileEvent {
        @Override
        public VersionVector seen() {
            return VersionVector.UNKNOWN;
        }
    }
}
