package io.tftpdc.client;

import io.tftpdc.event.FileEvent;
import java.util.List;

/** What became of a publish or a removal. */
public sealed interface PublishOutcome {

    /**
     * Kafka has the events, and all bytes that they name, for good.
     *
     * @param events one, or one for each file that was to get the content
     */
    record Accepted(List<FileEvent> events) implements PublishOutcome {
        public Accepted {
            events = List.copyOf(events);
        }

        /** The first or only event. */
        public FileEvent event() {
            return events.getFirst();
        }
    }

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
        /** The path is set apart for {@linkplain io.tftpdc.event.SiteVariant variants} and is none. */
        BAD_PATH,
        /** Our clock is so far behind what was written before that the event would not count for long. */
        CLOCK_BEHIND,
        /** The file is not there to be removed. */
        ABSENT
    }
}
