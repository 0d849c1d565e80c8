package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that is built from nothing is not logged; a process that is killed loses some of it, but nothing of it tears. */
class KilledWhileBuildingTest {
    private static final String TOPIC = Topics.FILE_INDEX.name();
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int BATCH = 1_000;
    private static final int BATCHES = 40;
    /** Small enough that the memory is written to disk several times meanwhile. */
    private static final long MEMORY = 4 << 20;

    @TempDir
    private Path directory;

    private final Serde<FileIndexEntry> serde = serde();

    @Test
    void entriesDigestsAndOffsetsAgreeWhereTheIndexGoesOnFrom() throws Exception {
        buildAndDie("building");

        try (RocksMemory memory = new RocksMemory(MEMORY);
                IndexStore store = IndexStore.open(directory, memory, TOPIC, serde)) {
            int kept = (int) store.position(PARTITION).orElse(0);
            assertThat(kept).as("some of it was on disk already").isPositive();
            assertAgrees(store, kept);

            for (int first = kept; first < BATCHES * BATCH; first += BATCH) {
                apply(store, serde, first);
            }

            assertAgrees(store, BATCHES * BATCH);
        }
    }

    @Test
    void nothingIsLostOnceTheIndexWasComplete() throws Exception {
        buildAndDie("complete");

        try (RocksMemory memory = new RocksMemory(MEMORY);
                IndexStore store = IndexStore.open(directory, memory, TOPIC, serde)) {
            assertAgrees(store, BATCHES * BATCH);
        }
    }

    @Test
    void nothingIsLostWhenTheStoreIsClosedWhileItIsBuilt() throws Exception {
        try (RocksMemory memory = new RocksMemory(MEMORY)) {
            IndexStore store = IndexStore.open(directory, memory, TOPIC, serde);
            apply(store, serde, 0);
            store.close();

            try (IndexStore again = IndexStore.open(directory, memory, TOPIC, serde)) {
                assertAgrees(again, BATCH);
            }
        }
    }

    private void assertAgrees(IndexStore store, int kept) {
        assertThat(store.position(PARTITION).orElse(0)).isEqualTo(kept);
        assertThat(store.entries()).isEqualTo(kept);
        IndexDigest expected = IndexDigest.EMPTY;
        for (int i = 0; i < kept; i++) {
            expected = expected.plus(IndexDigest.of(entry(i)));
        }
        assertThat(store.digests().values()).containsExactly(expected);
        for (int i = 0; i < BATCHES * BATCH; i += 97) {
            assertThat(store.find(entry(i).key()).isPresent()).as("file %d", i).isEqualTo(i < kept);
            assertThat(store.locate(chunk(i)).isPresent()).as("chunk %d", i).isEqualTo(i < kept);
        }
    }

    private void buildAndDie(String phase) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWhileBuildingTest.class.getName(),
                        directory.toString(),
                        phase)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(77);
    }

    /** The process that dies: {@code directory building|complete}. */
    public static void main(String[] arguments) throws IOException {
        Serde<FileIndexEntry> serde = serde();
        IndexStore store = IndexStore.open(Path.of(arguments[0]), new RocksMemory(MEMORY), TOPIC, serde);
        for (int batch = 0; batch < BATCHES; batch++) {
            if (batch == BATCHES / 2 && arguments[1].equals("complete")) {
                store.complete();
            }
            apply(store, serde, batch * BATCH);
        }
        // Nothing is closed and no hook runs, as when it is killed.
        Runtime.getRuntime().halt(77);
    }

    /** Knows the schema, which the process that died knew. */
    private static Serde<FileIndexEntry> serde() {
        DerivedSchemaIds ids = new DerivedSchemaIds();
        ids.idOf("", Topics.FILE_INDEX.values().schema().orElseThrow());
        return Topics.FILE_INDEX.valueSerde(ids);
    }

    private static void apply(IndexStore store, Serde<FileIndexEntry> serde, int first) {
        IndexBatch batch = store.batch();
        for (int i = first; i < first + BATCH; i++) {
            FileIndexEntry entry = entry(i);
            batch.index(
                    entry.key().toString().getBytes(StandardCharsets.UTF_8),
                    serde.serializer().serialize(TOPIC, entry));
            batch.location(chunk(i), Optional.of(new ContentLocation(Topics.CONTENT.name(), 0, i, 1)));
        }
        batch.position(PARTITION, (long) first + BATCH);
        batch.commit();
    }

    private static FileIndexEntry entry(int i) {
        FileContent content =
                new FileContent(chunk(i), 1, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(chunk(i))));
        EventStamp stamp = new EventStamp(HybridTime.of(1_000L + i, 0), new SiteName("a"), new EventId(new UUID(i, i)));
        return new FileIndexEntry(
                FileKey.of("default", "boot/file-" + i),
                List.of(new FileRevision.Published(stamp, "test", content, "", Map.of())));
    }

    private static Sha256 chunk(int i) {
        return new Sha256(i * 0x9E3779B97F4A7C15L, i, i, i);
    }
}
