package io.tftpdc.intake;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.VersionVector;
import java.util.List;

/** What the intake does about one record. */
sealed interface IntakeDecision {

    /**
     * Write the chunks, then the events, in one transaction.
     *
     * @param keys the file, or its variants for some sites
     */
    record Publish(List<FileKey> keys, FileContent content, FileDescription about, List<Chunk> chunks)
            implements IntakeDecision {
        public Publish {
            keys = List.copyOf(keys);
            chunks = List.copyOf(chunks);
        }

        FileEvent event(FileKey key, EventEnvelope envelope, VersionVector seen) {
            return new FileEvent.FilePublished(envelope, key, content, about.contentType(), about.labels(), seen);
        }
    }

    /** Write the event that the file is gone. Whether it ever was there is not asked: a removal may come first. */
    record Remove(List<FileKey> keys) implements IntakeDecision {
        public Remove {
            keys = List.copyOf(keys);
        }

        FileEvent event(FileKey key, EventEnvelope envelope, VersionVector seen) {
            return new FileEvent.FileRemoved(envelope, key, seen);
        }
    }

    /** Write the chunks that are complete; more parts are to come. */
    record PartTaken(List<Chunk> chunks) implements IntakeDecision {
        public PartTaken {
            chunks = List.copyOf(chunks);
        }
    }

    /** Nothing new. */
    record PartRepeated() implements IntakeDecision {}

    /** @param reason what was found, what was expected and what to do */
    record Reject(RejectReason kind, String reason) implements IntakeDecision {}
}
