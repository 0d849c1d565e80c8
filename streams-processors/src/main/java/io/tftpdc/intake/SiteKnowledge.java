package io.tftpdc.intake;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.VersionVector;

/** What the site's index knows of a file: who produces a record publishes on top of that. */
@FunctionalInterface
public interface SiteKnowledge {
    /** Blocks for a moment; {@link VersionVector#UNKNOWN} when the index cannot be asked now. */
    VersionVector of(FileKey key);
}
