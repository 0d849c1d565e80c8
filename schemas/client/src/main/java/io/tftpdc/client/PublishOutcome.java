package io.tftpdc.client;

import io.tftpdc.event.FileEvent;

/** What became of a publish or a removal. */
public sealed interface PublishOutcome {

    /** Kafka has the event, and all bytes that it names, for good. */
    record Accepted(FileEvent event) implements PublishOutcome {}

    /**
     * Nothing was published. Chunks that were written meanwhile are unreferenced and do no harm.
     *
     * @param reason what was found, what was expected and what to do
     */
    record Refused(Cause cause, String reason) implements PublishOutcome {}

    /** Why. */
    enum Cause {
        HASH_DIFFERS,
        SIZE_DIFFERS,
        TOO_LARGE,
        /** Labels or content type are not as {@link io.tftpdc.event.DescriptionRule} says. */
        BAD_DESCRIPTION,
        /** Our clock is so far behind what was written before that the event would not count for long. */
        CLOCK_BEHIND,
        /** The file is not there to be removed. */
        ABSENT
    }
}
