package io.tftpdc.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.projection.FileIndexTopology;
import io.tftpdc.projection.StoredEntry;
import io.tftpdc.streams.Topologies;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexListingTest {
    private static final int PARTITIONS = 3;

    @TempDir
    private Path directory;

    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private final List<TopologyTestDriver> drivers = new ArrayList<>();
    private final List<ReadOnlyKeyValueStore<Bytes, byte[]>> partitions = new ArrayList<>();
    private int next;

    @BeforeEach
    void open() {
        for (int i = 0; i < PARTITIONS; i++) {
            TopologyTestDriver driver = Topologies.drive(
                    Topologies.index(ids, new SimpleMeterRegistry()), directory.resolve(Integer.toString(i)));
            drivers.add(driver);
            partitions.add(driver.getKeyValueStore(FileIndexTopology.STORE));
        }
    }

    @AfterEach
    void close() {
        drivers.forEach(TopologyTestDriver::close);
    }

    @Test
    void partitionsAreMergedInTheByteOrderOfThePaths() {
        // U+1F600 sorts before U+FF5E in Java's strings and after it in bytes.
        publish("default", "b", "a/2", "a/1", "a", "\uff5e", "\ud83d\ude00", "c");
        publish("other", "a/3");
        publish("default-2", "a/4");

        assertThat(list("", "", 100, false)).containsExactly("a", "a/1", "a/2", "b", "c", "\uff5e", "\ud83d\ude00");
    }

    @Test
    void aPrefixIsNoFolderAndACursorMayNameAFileThatIsGone() {
        publish("default", "boot/a", "boot/b", "boot/c", "boots", "bo", "z");

        assertThat(list("boot", "", 100, false)).containsExactly("boot/a", "boot/b", "boot/c", "boots");
        assertThat(list("boot/", "boot/aa", 100, false)).containsExactly("boot/b", "boot/c");
        assertThat(list("boot/", "a", 100, false)).containsExactly("boot/a", "boot/b", "boot/c");
        assertThat(list("boot/", "z", 100, false)).isEmpty();
    }

    @Test
    void pagesJoinUpToTheWholeAndTheLastOneSaysSo() {
        List<String> all = new ArrayList<>();
        for (int i = 100; i < 125; i++) {
            all.add("f" + i);
        }
        publish("default", all.toArray(String[]::new));

        List<String> seen = new ArrayList<>();
        String after = "";
        boolean more = true;
        while (more) {
            IndexListing.Page page = IndexListing.list(
                    partitions, new IndexListing.Request(Tenant.DEFAULT, "", after, 10, IndexListing.Which.PRESENT));
            paths(page).forEach(seen::add);
            after = seen.get(seen.size() - 1);
            more = page.more();
        }

        assertThat(seen).isEqualTo(all);
    }

    @Test
    void removedFilesAreListedOnlyWhenAskedFor() {
        publish("default", "a", "b");
        remove("b");

        assertThat(list("", "", 100, false)).containsExactly("a");
        assertThat(list("", "", 100, true)).containsExactly("a", "b");
        assertThat(IndexListing.list(
                                partitions,
                                new IndexListing.Request(Tenant.DEFAULT, "", "", 1, IndexListing.Which.PRESENT))
                        .more())
                .isFalse();
    }

    private List<String> list(String prefix, String after, int limit, boolean removed) {
        return paths(IndexListing.list(
                partitions,
                new IndexListing.Request(
                        Tenant.DEFAULT,
                        prefix,
                        after,
                        limit,
                        removed ? IndexListing.Which.ALL : IndexListing.Which.PRESENT)));
    }

    private List<String> paths(IndexListing.Page page) {
        return page.stored().stream()
                .map(stored -> Topics.FILE_INDEX
                        .valueSerde(ids)
                        .deserializer()
                        .deserialize("tftp.file-index", StoredEntry.encodedEntry(stored))
                        .key()
                        .path()
                        .value())
                .toList();
    }

    private void publish(String tenant, String... paths) {
        for (String path : paths) {
            Sha256 hash = Sha256.of(new byte[] {1});
            pipe(new FileEvent.FilePublished(
                    envelope(),
                    FileKey.of(tenant, path),
                    new FileContent(hash, 1, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash))),
                    "",
                    Map.of()));
        }
    }

    private void remove(String path) {
        pipe(new FileEvent.FileRemoved(envelope(), FileKey.of("default", path)));
    }

    private void pipe(FileEvent event) {
        int partition = Math.floorMod(event.key().hashCode(), PARTITIONS);
        TestInputTopic<byte[], byte[]> topic = Topologies.input(drivers.get(partition), "tftp.file-events");
        topic.pipeInput(
                Topologies.key(Topics.FILE_EVENTS, event.key(), ids), Topologies.value(Topics.FILE_EVENTS, event, ids));
    }

    private EventEnvelope envelope() {
        next++;
        return new EventEnvelope(
                new EventId(new UUID(0, next)), Topologies.SITE, HybridTime.of(1000 + next, 0), "user:anna");
    }
}
