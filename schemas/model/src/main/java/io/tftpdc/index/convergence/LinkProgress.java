package io.tftpdc.index.convergence;

import io.tftpdc.event.SiteName;

/**
 * How far the mirror of one site has come with a partition of another one's file events.
 *
 * @param to the site whose mirror it is
 * @param from whose events it brings
 * @param position offset there of what it brings next
 * @param end offset there at which the events ended
 * @param atMillis when that was heard, by the wall clock of who listens
 */
public record LinkProgress(SiteName to, SiteName from, long position, long end, long atMillis) {

    boolean isAtItsEnd() {
        return position >= end;
    }
}
