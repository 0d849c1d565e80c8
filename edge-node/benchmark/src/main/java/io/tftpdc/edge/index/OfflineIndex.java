package io.tftpdc.edge.index;

import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Fills an index on disk as the records of {@code tftp.file-index} would, so that a {@link FileIndexView} that is opened
 * on it and never started finds files without Kafka. It lives in this package because nobody else may write an index.
 */
public final class OfflineIndex {

    private OfflineIndex() {}

    /** Writes {@code entries} to the database in {@code directory}, which nobody else has open. */
    public static void write(Path directory, RocksMemory memory, SchemaIds ids, List<FileIndexEntry> entries)
            throws IOException {
        String topic = Topics.FILE_INDEX.name();
        Serde<FileIndexEntry> serde = Topics.FILE_INDEX.valueSerde(ids);
        Serializer<FileIndexEntry> values = serde.serializer();
        try (IndexStore store = IndexStore.open(directory, memory, topic, serde)) {
            IndexBatch batch = store.batch();
            for (FileIndexEntry entry : entries) {
                batch.index(entry.key().toString().getBytes(StandardCharsets.UTF_8), values.serialize(topic, entry));
            }
            batch.commit();
            store.rememberCompleteAsOf(System.currentTimeMillis());
        }
    }
}
