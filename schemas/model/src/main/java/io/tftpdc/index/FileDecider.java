package io.tftpdc.index;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import java.util.Map;

/** Turns what somebody wants into an event, or says why not. Pure: the envelope brings time, identity and actor. */
public final class FileDecider {
    private FileDecider() {}

    /** What somebody wants done to a file. */
    public sealed interface Command {
        record Publish(FileKey key, FileContent content, String contentType, Map<String, String> labels)
                implements Command {}

        record Remove(FileKey key) implements Command {}
    }

    /** What becomes of it. */
    public sealed interface Decision {
        record Accepted(FileEvent event) implements Decision {}

        /** @param reason what was found and what to do */
        record Rejected(String reason) implements Decision {}
    }

    /** @param entry what the index knows of the command's file now; the event says that its writer knew so much */
    public static Decision decide(FileIndexEntry entry, Command command, EventEnvelope envelope) {
        return switch (command) {
            case Command.Publish publish ->
                new Decision.Accepted(new FileEvent.FilePublished(
                        envelope,
                        publish.key(),
                        publish.content(),
                        publish.contentType(),
                        publish.labels(),
                        entry.seen()));
            case Command.Remove remove ->
                entry.current().isEmpty()
                        ? new Decision.Rejected("file " + remove.key()
                                + " does not exist; list the tenant's files to see its" + " name")
                        : new Decision.Accepted(new FileEvent.FileRemoved(envelope, remove.key(), entry.seen()));
        };
    }
}
