package io.tftpdc.edge.index;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import java.util.List;

/** Told what changed, after the change can be read. Called on the view's thread: must not block, and should not throw. */
public interface IndexListener {

    /** Whether {@link #changed} is to name this file, which has a new revision. Most quickly answered. */
    boolean concerns(FileIndexEntry entry);

    /**
     * These files have a new revision: those that {@link #concerns} said, and maybe such as concern another listener.
     * Files that were dropped with a former cluster are not mentioned.
     */
    void changed(List<FileKey> files);

    /** The places of these chunks are known or have changed. */
    void located(List<Sha256> chunks);
}
