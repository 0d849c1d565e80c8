package io.tftpdc.index.convergence;

import io.tftpdc.event.SiteName;

/**
 * How far one site has come with a partition of another one's file events.
 *
 * @param step of the way
 * @param to the site that they come to
 * @param from whose events they are
 * @param position offset of what is carried next
 * @param end offset at which the events ended
 * @param atMillis when that was heard, by the wall clock of who listens
 */
public record LinkProgress(Step step, SiteName to, SiteName from, long position, long end, long atMillis) {

    /** The steps of the way, in order. */
    public enum Step {
        /** From the other site's Kafka into the own. */
        MIRROR,
        /** From the own Kafka into the index; a site's own events, too. */
        INDEX
    }

    boolean isAtItsEnd() {
        return position >= end;
    }
}
