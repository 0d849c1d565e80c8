package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.golden.GoldenLog;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IndexStoreTest {
    private static final String TOPIC = Topics.FILE_INDEX.name();
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 2);
    private static final Sha256 CHUNK = Sha256.of(new byte[] {1});
    private static final ContentLocation PLACE = new ContentLocation("tftp.content", 4, 17, 1);

    @TempDir
    private Path directory;

    private final Serde<FileIndexEntry> serde = Topics.FILE_INDEX.valueSerde(new DerivedSchemaIds());
    private RocksMemory memory;
    private IndexStore store;

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
        return IndexStore.open(directory.resolve("index"), memory, TOPIC, serde);
    }

    private void reopen() throws IOException {
        store.close();
        store = openStore();
    }

    @Test
    void eachClusterHasItsOwnPositionsAndPlaces() throws IOException {
        ContentLocation there = new ContentLocation("a.tftp.content", 1, 99, 1);
        note(17, PLACE);
        store.rememberTopicId(TOPIC, "own");

        store.follow("b");

        assertThat(store.locate(CHUNK)).isEmpty();
        assertThat(store.position(PARTITION)).isEmpty();
        assertThat(store.topicId(TOPIC)).isEmpty();
        note(3, there);
        store.rememberTopicId(TOPIC, "peer");
        reopen();
        assertThat(store.locate(CHUNK)).contains(PLACE);
        assertThat(store.position(PARTITION)).hasValue(17);
        assertThat(store.topicId(TOPIC)).contains("own");
        store.follow("b");
        assertThat(store.locate(CHUNK)).contains(there);
        assertThat(store.position(PARTITION)).hasValue(3);
    }

    @Test
    void aPeersTopicThatWasMadeAnewTouchesNothingOfTheOwnCluster() {
        note(17, PLACE);
        store.follow("bb");
        note(5, PLACE);
        store.follow("b");
        note(3, PLACE);

        store.startOver(TOPIC, "another");
        store.startOver(Topics.CONTENT_LOCATIONS.name(), "another");

        assertThat(store.locate(CHUNK)).isEmpty();
        assertThat(store.position(PARTITION)).isEmpty();
        assertThat(store.maySweep()).isFalse();
        store.follow("bb");
        assertThat(store.locate(CHUNK)).contains(PLACE);
        assertThat(store.position(PARTITION)).hasValue(5);
        store.follow("");
        assertThat(store.locate(CHUNK)).contains(PLACE);
        assertThat(store.position(PARTITION)).hasValue(17);
    }

    private void note(long position, ContentLocation place) {
        IndexBatch batch = store.batch();
        batch.position(PARTITION, position);
        batch.location(CHUNK, Optional.of(place));
        batch.commit();
    }

    /** The first half of the log's records is a cluster that was made anew and knows less. */
    @ParameterizedTest
    @MethodSource("logs")
    void aNodeThatMayFollowPeersNeverGoesBackToAnOlderVersion(GoldenLog log) {
        store.neverRegress();
        List<FileIndexEntry> records = foldedOneByOne(log.events());
        applyEach(records);

        store.startOver(TOPIC, "rebuilt");
        applyEach(records.subList(0, (records.size() + 1) / 2));

        assertThat(log.difference(contents())).isEmpty();
        assertThat(store.digests()).isEqualTo(log.digests());
    }

    static List<GoldenLog> logs() {
        return GoldenLog.all();
    }

    @ParameterizedTest
    @MethodSource("logs")
    void everyGoldenLogComesToItsIndexAndDigest(GoldenLog log) throws IOException {
        applyEach(foldedOneByOne(log.events()));

        assertThat(log.difference(contents())).isEmpty();
        assertThat(store.digests()).isEqualTo(log.digests());
        reopen();
        assertThat(log.difference(contents())).isEmpty();
        assertThat(store.digests()).isEqualTo(log.digests());
        assertThat(store.entries()).isEqualTo(log.entries().size());
    }

    @ParameterizedTest
    @MethodSource("logs")
    void orderRepetitionAndBatchingOfTheRecordsChangeNothing(GoldenLog log) {
        for (long seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            List<FileIndexEntry> records = new ArrayList<>(foldedOneByOne(log.events()));
            records.addAll(List.copyOf(records));
            Collections.shuffle(records, random);

            applyInBatches(records, random);

            assertThat(log.difference(contents())).as("seed %d", seed).isEmpty();
            assertThat(store.digests()).as("seed %d", seed).isEqualTo(log.digests());
        }
    }

    /** What was found is remembered, but never beyond a change. */
    @ParameterizedTest
    @MethodSource("logs")
    void whatIsFoundIsAlwaysTheLatest(GoldenLog log) {
        for (FileIndexEntry entry : foldedOneByOne(log.events())) {
            applyEach(List.of(entry));
            // An entry of which nothing is understood is none.
            Optional<FileIndexEntry> expected =
                    Optional.of(entry).filter(one -> !one.revisions().isEmpty());
            assertThat(store.find(entry.key())).isEqualTo(expected);
            assertThat(store.find(entry.key())).isEqualTo(expected);
        }
    }

    @Test
    void bucketsOfATenantAddUpToItsDigest() {
        GoldenLog log = log("several-tenants");
        applyEach(foldedOneByOne(log.events()));

        log.digests().forEach((tenant, digest) -> assertThat(
                        store.buckets(tenant).stream().reduce(IndexDigest.EMPTY, IndexDigest::plus))
                .isEqualTo(digest));
    }

    @Test
    void offsetsAndPlacesAreThereAfterReopening() throws IOException {
        IndexBatch batch = store.batch();
        batch.location(CHUNK, Optional.of(PLACE));
        batch.position(PARTITION, 42);
        batch.commit();
        store.rememberCompleteAsOf(1234);

        reopen();

        assertThat(store.locate(CHUNK)).contains(PLACE);
        assertThat(store.position(PARTITION)).hasValue(42);
        assertThat(store.position(new TopicPartition(TOPIC, 3))).isEmpty();
        assertThat(store.completeAsOf()).hasValue(1234);
    }

    @Test
    void tombstonesTakeEntriesAndPlacesAway() {
        FileIndexEntry entry = anEntry();
        applyEach(List.of(entry));
        IndexBatch batch = store.batch();
        batch.location(CHUNK, Optional.of(PLACE));
        batch.commit();

        IndexBatch tombstones = store.batch();
        tombstones.index(key(entry), null);
        tombstones.location(CHUNK, Optional.empty());
        tombstones.commit();

        assertThat(store.find(entry.key())).isEmpty();
        assertThat(store.locate(CHUNK)).isEmpty();
        assertThat(store.digests()).isEmpty();
        assertThat(store.entries()).isZero();
    }

    @Test
    void recordThatIsNoEntryIsRefusedAndTheOthersOfItsBatchAreKept() {
        FileIndexEntry entry = anEntry();
        IndexBatch batch = store.batch();
        batch.index(key(entry), value(entry));

        assertThatThrownBy(() -> batch.index("default/x".getBytes(StandardCharsets.UTF_8), new byte[] {9, 9}))
                .isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> batch.index("default/other".getBytes(StandardCharsets.UTF_8), value(entry)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("default/other");
        batch.commit();

        assertThat(contents()).containsOnlyKeys(entry.key());
    }

    @Test
    void entriesOfAFormerTopicAreServedUntilTheNewOneIsWhole() {
        List<FileIndexEntry> entries = foldedOneByOne(log("several-tenants").events());
        FileIndexEntry kept = entries.getFirst();
        applyEach(entries);

        store.startOver(TOPIC, "another-id");
        assertThat(contents()).hasSize((int) log("several-tenants").entries().size());
        applyEach(List.of(kept));
        store.sweep();

        assertThat(contents()).containsExactly(Map.entry(kept.key(), kept));
        assertThat(store.entries()).isEqualTo(1);
        assertThat(store.digests()).isEqualTo(GoldenLog.digestsOf(Map.of(kept.key(), kept)));
    }

    @Test
    void entryOfAFormerTopicIsReplacedRatherThanMerged() {
        GoldenLog log = log("republish-newer-wins");
        List<FileIndexEntry> entries = foldedOneByOne(log.events());
        applyEach(entries);

        store.startOver(TOPIC, "restored-from-an-older-backup");
        applyEach(List.of(entries.getFirst()));

        assertThat(store.find(entries.getFirst().key())).contains(entries.getFirst());
        assertThat(store.digests())
                .isEqualTo(GoldenLog.digestsOf(Map.of(entries.getFirst().key(), entries.getFirst())));
    }

    @Test
    void newTopicThatIsStillEmptyDropsNothing() {
        FileIndexEntry entry = anEntry();
        applyEach(List.of(entry));
        store.startOver(TOPIC, "another-id");

        assertThat(store.sweep()).isZero();

        assertThat(store.find(entry.key())).contains(entry);
    }

    @Test
    void startingOverForgetsOffsetsAndPlaces() {
        IndexBatch batch = store.batch();
        batch.location(CHUNK, Optional.of(PLACE));
        batch.position(PARTITION, 42);
        batch.commit();

        store.startOver(TOPIC, "x");
        assertThat(store.position(PARTITION)).isEmpty();
        assertThat(store.locate(CHUNK)).contains(PLACE);
        store.startOver(Topics.CONTENT_LOCATIONS.name(), "y");
        assertThat(store.locate(CHUNK)).isEmpty();
        assertThat(store.topicId(Topics.CONTENT_LOCATIONS.name())).contains("y");
    }

    @Test
    void pagesCoverEveryEntryOnceInOrder() {
        applyEach(foldedOneByOne(log("several-tenants").events()));
        List<FileKey> seen = new ArrayList<>();
        Optional<FileKey> after = Optional.empty();
        for (List<FileIndexEntry> page = store.page(after, 2); !page.isEmpty(); page = store.page(after, 2)) {
            page.forEach(entry -> seen.add(entry.key()));
            after = Optional.of(page.getLast().key());
        }

        assertThat(seen)
                .containsExactlyElementsOf(log("several-tenants").entries().keySet());
    }

    @Test
    void readingAClosedStoreIsAnErrorNotACrash() {
        store.close();

        assertThatThrownBy(() -> store.find(FileKey.of("default", "x"))).isInstanceOf(IllegalStateException.class);
    }

    private static GoldenLog log(String name) {
        return GoldenLog.all().stream()
                .filter(log -> log.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static FileIndexEntry anEntry() {
        return foldedOneByOne(log("single-publish").events()).getFirst();
    }

    /** What the topology emits: the entry after each event. */
    static List<FileIndexEntry> foldedOneByOne(List<FileEvent> events) {
        Map<FileKey, FileIndexEntry> index = new HashMap<>();
        return events.stream()
                .map(event -> index.merge(event.key(), FileIndexFold.lift(event), FileIndexFold::merge))
                .toList();
    }

    private void applyEach(List<FileIndexEntry> records) {
        for (FileIndexEntry record : records) {
            IndexBatch batch = store.batch();
            batch.index(key(record), value(record));
            batch.commit();
        }
    }

    private void applyInBatches(List<FileIndexEntry> records, Random random) {
        IndexBatch batch = store.batch();
        for (FileIndexEntry record : records) {
            batch.index(key(record), value(record));
            if (random.nextInt(3) == 0) {
                batch.commit();
                batch = store.batch();
            }
        }
        batch.commit();
    }

    private Map<FileKey, FileIndexEntry> contents() {
        return store.page(Optional.empty(), 1000).stream()
                .collect(Collectors.toMap(FileIndexEntry::key, entry -> entry));
    }

    private static byte[] key(FileIndexEntry entry) {
        return entry.key().toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] value(FileIndexEntry entry) {
        return serde.serializer().serialize(TOPIC, entry);
    }
}
