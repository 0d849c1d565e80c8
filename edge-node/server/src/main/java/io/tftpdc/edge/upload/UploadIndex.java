package io.tftpdc.edge.upload;

import io.tftpdc.edge.index.FileIndexView;
import io.tftpdc.event.FileKey;
import io.tftpdc.index.FileIndexEntry;
import java.util.List;
import java.util.Optional;

/** What uploads need to know of the node's index. Thread-safe; nothing waits for more than a local disk. */
interface UploadIndex {

    Optional<FileIndexEntry> find(FileKey key);

    /** See {@link FileIndexView#page}. */
    List<FileIndexEntry> page(Optional<FileKey> after, int limit);

    /** Whether a file that is not found does not exist. */
    boolean everComplete();

    /** Whether the site's own Kafka, which uploads go to, answered last time. */
    boolean reachable();

    static UploadIndex of(FileIndexView view) {
        return new UploadIndex() {
            @Override
            public Optional<FileIndexEntry> find(FileKey key) {
                return view.find(key);
            }

            @Override
            public List<FileIndexEntry> page(Optional<FileKey> after, int limit) {
                return view.page(after, limit);
            }

            @Override
            public boolean everComplete() {
                return view.everComplete();
            }

            @Override
            public boolean reachable() {
                return view.ownClusterReachable();
            }
        };
    }
}
