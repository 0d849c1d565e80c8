package io.tftpdc.edge.upload;

import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** An index that a test fills. */
final class FakeIndex implements UploadIndex {
    private final Map<FileKey, FileIndexEntry> entries = Collections.synchronizedMap(new TreeMap<>());
    volatile boolean complete = true;
    volatile boolean reachable = true;

    FileIndexEntry publish(String path, long size, EventStamp stamp) {
        FileKey key = FileKey.of("default", path);
        FileContent content = new FileContent(
                new Sha256(0, 0, 0, 1),
                size,
                FileContent.CHUNK_SIZE,
                new FileContent.Inline(Collections.nCopies(
                        (int) ((size + FileContent.CHUNK_SIZE - 1) / FileContent.CHUNK_SIZE), new Sha256(1, 1, 1, 1))));
        return put(new FileIndexEntry(key, List.of(new FileRevision.Published(stamp, "test", content, "", Map.of()))));
    }

    FileIndexEntry publish(String path, long size) {
        return publish(path, size, stamp(1));
    }

    FileIndexEntry remove(String path, EventStamp stamp) {
        return put(new FileIndexEntry(FileKey.of("default", path), List.of(new FileRevision.Removed(stamp, "test"))));
    }

    /** As when a former cluster's entries are dropped: nobody is told. */
    void forget(String path) {
        entries.remove(FileKey.of("default", path));
    }

    private FileIndexEntry put(FileIndexEntry entry) {
        entries.put(entry.key(), entry);
        return entry;
    }

    static EventStamp stamp(long millis) {
        return new EventStamp(HybridTime.of(millis, 0), new SiteName("a"), new EventId(new UUID(0, millis)));
    }

    @Override
    public Optional<FileIndexEntry> find(FileKey key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public List<FileIndexEntry> page(Optional<FileKey> after, int limit) {
        synchronized (entries) {
            return entries.values().stream()
                    .filter(entry ->
                            after.map(last -> entry.key().compareTo(last) > 0).orElse(true))
                    .limit(limit)
                    .toList();
        }
    }

    @Override
    public boolean everComplete() {
        return complete;
    }

    @Override
    public boolean reachable() {
        return reachable;
    }
}
