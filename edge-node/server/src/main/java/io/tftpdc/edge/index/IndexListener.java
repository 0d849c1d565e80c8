package io.tftpdc.edge.index;

import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import java.util.List;

/** Told what changed, after the change can be read. Called on the view's thread: must not block, and should not throw. */
public interface IndexListener {

    /** These files have a new revision; files that were dropped with a former cluster are not mentioned. */
    void changed(List<FileIndexEntry> entries);

    /** The places of these chunks are known or have changed. */
    void located(List<Sha256> chunks);
}
