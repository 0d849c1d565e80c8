package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Files are found whatever the case of their letters, through everything that happens to an index. */
class CaseIndexTest {
    private static final String TOPIC = Topics.FILE_INDEX.name();

    @TempDir
    private Path directory;

    private final Serde<FileIndexEntry> serde = Topics.FILE_INDEX.valueSerde(new DerivedSchemaIds());
    private RocksMemory memory;
    private IndexStore store;
    private long clock;

    @BeforeEach
    void open() throws IOException {
        memory = new RocksMemory(8 << 20);
        store = openStore();
    }

    @AfterEach
    void close() {
        store.close();
        memory.close();
    }

    private IndexStore openStore() throws IOException {
        return IndexStore.open(directory, memory, TOPIC, serde);
    }

    @ParameterizedTest
    @CsvSource({
        "Boot/X64/WdsNbp.com, boot/x64/wdsnbp.com",
        "boot/x64/wdsnbp.com, BOOT/X64/WDSNBP.COM",
        "BOOT.INI, Boot.Ini",
        "KÄSE/Größe.bin, käse/gRÖßE.BIN",
        "ΣΊΣΥΦΟΣ, σίσυφος",
        "same, same"
    })
    void aFileIsFoundWhateverTheCase(String path, String asked) {
        put("lab", path);

        assertThat(found("lab", asked)).contains(path);
        assertThat(found("other", asked)).isEmpty();
        assertThat(found("lab", asked + "x")).isEmpty();
        assertThat(found("lab", asked.substring(1))).isEmpty();
    }

    @Test
    void theNameInLowerCaseWinsThenTheFirstByItsBytes() {
        put("lab", "BOOT");
        put("lab", "Boot");
        assertThat(found("lab", "bOOT")).contains("BOOT");
        put("lab", "boot");
        assertThat(found("lab", "bOOT")).contains("boot");
    }

    @Test
    void aFileThatWasTakenAwayGivesWayToItsLikes() {
        put("lab", "boot");
        put("lab", "BOOT");
        put("lab", "Boot");
        remove("lab", "boot");
        assertThat(found("lab", "boot")).contains("BOOT");
        remove("lab", "BOOT");
        assertThat(found("lab", "boot")).contains("Boot");
        tombstone("lab", "Boot");
        assertThat(found("lab", "boot")).isEmpty();
        put("lab", "BOOT");
        assertThat(found("lab", "boot")).contains("BOOT");
    }

    @Test
    void aFormerTopicsFilesAreForgottenWithIt() {
        put("lab", "Old");
        put("lab", "New");
        store.startOver(TOPIC, "another");
        put("lab", "New");
        assertThat(found("lab", "old")).contains("Old");

        store.sweep();

        assertThat(found("lab", "old")).isEmpty();
        assertThat(found("lab", "new")).contains("New");
    }

    @Test
    void anIndexFromBeforeThereWasThisGetsIt() throws Exception {
        put("lab", "Boot/X");
        put("lab", "boot/y");
        store.close();
        forgetCases();

        store = openStore();

        assertThat(found("lab", "BOOT/X")).contains("Boot/X");
        assertThat(found("lab", "BOOT/Y")).contains("boot/y");
    }

    /** As an earlier version left its files. */
    private void forgetCases() throws RocksDBException {
        List<String> names = List.of("default", "index", "locations", "digests", "meta", "case", "peers");
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (var options = memory.database();
                var table = memory.table();
                RocksDB db = RocksDB.open(
                        options,
                        directory.toString(),
                        names.stream()
                                .map(name -> new ColumnFamilyDescriptor(bytes(name), table))
                                .toList(),
                        handles)) {
            db.delete(handles.get(4), bytes("case-index"));
            db.dropColumnFamily(handles.get(5));
            db.dropColumnFamily(handles.get(6));
            handles.forEach(ColumnFamilyHandle::close);
        }
    }

    private Optional<String> found(String tenant, String path) {
        return store.findIgnoringCase(FileKey.of(tenant, path))
                .map(entry -> entry.key().path().value());
    }

    private void put(String tenant, String path) {
        FileContent content = new FileContent(Sha256.of(bytes(path)), 0, 1, new FileContent.Inline(List.of()));
        apply(tenant, path, new FileRevision.Published(stamp(), "test", content, "", Map.of()));
    }

    private void remove(String tenant, String path) {
        apply(tenant, path, new FileRevision.Removed(stamp(), "test"));
    }

    private void apply(String tenant, String path, FileRevision revision) {
        FileKey key = FileKey.of(tenant, path);
        IndexBatch batch = store.batch();
        batch.index(
                bytes(key.toString()), serde.serializer().serialize(TOPIC, new FileIndexEntry(key, List.of(revision))));
        batch.commit();
    }

    private void tombstone(String tenant, String path) {
        IndexBatch batch = store.batch();
        batch.index(bytes(tenant + "/" + path), null);
        batch.commit();
    }

    private EventStamp stamp() {
        clock++;
        return new EventStamp(HybridTime.of(clock, 0), new SiteName("a"), new EventId(new UUID(0, clock)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
