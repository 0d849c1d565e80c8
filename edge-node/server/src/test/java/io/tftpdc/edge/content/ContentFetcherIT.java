package io.tftpdc.edge.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tftpdc.edge.content.ContentFetcher.Priority;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileRevision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentFetcherIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final IndexedOpenFile.Fetching FETCHING = new IndexedOpenFile.Fetching(PATIENCE, 2);

    @TempDir
    private static Path siteDirectory;

    private static TestSite site;

    @TempDir
    private Path directory;

    /** What the index would know of places. */
    private final Map<Sha256, ContentLocation> places = new ConcurrentHashMap<>();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private ContentStore store;
    private ContentFetcher fetcher;

    @BeforeAll
    static void startSite() {
        site = new TestSite(siteDirectory);
    }

    @AfterAll
    static void stopSite() {
        site.close();
    }

    @BeforeEach
    void open() throws IOException {
        store = ContentStore.open(directory.resolve("content"), 64 << 20);
        fetcher = startFetcher(site.clientSettings());
    }

    private ContentFetcher startFetcher(Map<String, ?> kafka) {
        ContentFetcher started = new ContentFetcher(store, hash -> Optional.ofNullable(places.get(hash)), kafka, 2);
        started.bindTo(meters);
        started.start();
        return started;
    }

    @AfterEach
    void close() {
        fetcher.close();
    }

    @Test
    void chunksAreFetchedFromTheirPlacesAndChecked() throws Exception {
        List<CompletableFuture<Void>> arrivals = new ArrayList<>();
        List<Sha256> hashes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Sha256 hash = storeChunk(bytes(i % 3 == 0 ? FileContent.CHUNK_SIZE : 1000 + i, 100 + i));
            hashes.add(hash);
            arrivals.add(fetcher.fetch(hash, i % 2 == 0 ? Priority.EAGER : Priority.DEMAND, PATIENCE));
        }

        for (CompletableFuture<Void> arrival : arrivals) {
            arrival.get();
        }

        assertThat(hashes).allMatch(store::isVerified);
        assertThat(fetcher.wantedCount()).isZero();
        assertThat(count(ContentMeters.FETCHES)).isEqualTo(30);
    }

    @Test
    void howeverManyAskAChunkIsFetchedOnce() throws Exception {
        Sha256 hash = storeChunk(bytes(1000, 1));
        List<CompletableFuture<Void>> arrivals = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            arrivals.add(fetcher.fetch(hash, i % 2 == 0 ? Priority.EAGER : Priority.DEMAND, PATIENCE));
        }

        for (CompletableFuture<Void> arrival : arrivals) {
            arrival.get();
        }

        assertThat(count(ContentMeters.FETCHES)).isEqualTo(1);
    }

    @Test
    void chunkWhosePlaceIsNotKnownYetArrivesWhenItIs() throws Exception {
        byte[] bytes = bytes(1000, 2);
        Sha256 hash = Sha256.of(bytes);
        CompletableFuture<Void> arrival = fetcher.fetch(hash, Priority.EAGER, PATIENCE);

        places.put(hash, site.storeChunkOnly(hash, bytes));
        fetcher.located(List.of(hash));

        arrival.get();
        assertThat(store.isVerified(hash)).isTrue();
    }

    @Test
    void placeThatHoldsAnotherRecordNowIsNotBelievedAndTheNewPlaceIsUsed() throws Exception {
        byte[] bytes = bytes(1000, 3);
        Sha256 hash = Sha256.of(bytes);
        Sha256 other = Sha256.of(bytes(1000, 4));
        // What compaction leaves: at the offset that the place names lies the next record instead.
        places.put(hash, site.storeChunkOnly(other, bytes(1000, 4)));
        CompletableFuture<Void> arrival = fetcher.fetch(hash, Priority.DEMAND, PATIENCE);

        places.put(hash, site.storeChunkOnly(hash, bytes));

        arrival.get();
        assertThat(store.isVerified(hash)).isTrue();
        assertThat(store.holds(other)).isFalse();
    }

    @Test
    void chunkThatIsNotAtItsPlaceIsSearchedForInItsPartition() throws Exception {
        byte[] bytes = bytes(1000, 5);
        Sha256 hash = Sha256.of(bytes);
        ContentLocation truth = site.storeChunkOnly(hash, bytes);
        ContentLocation after = new ContentLocation(truth.topic(), truth.partition(), truth.offset() + 1, 1000);
        places.put(hash, after);

        fetcher.fetch(hash, Priority.DEMAND, PATIENCE).get();

        assertThat(store.isVerified(hash)).isTrue();
        assertThat(count(ContentMeters.MOVED)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void chunkWhoseRecordOrTopicIsGoneIsFoundInWhatIsMirroredFromAPeer() throws Exception {
        byte[] compacted = bytes(1000, 61);
        byte[] lost = bytes(1000, 62);
        ContentLocation other = site.storeChunkOnly(Sha256.of(bytes(1, 63)), bytes(1, 63));
        try (Admin admin = Admin.create(site.clientSettings())) {
            NewTopic mirrored = new NewTopic("b.tftp.content", other.partition() + 1, (short) 1);
            admin.createTopics(List.of(mirrored)).all().get();
        }
        for (byte[] bytes : List.of(compacted, lost)) {
            site.sendRaw("b.tftp.content", other.partition(), Sha256.of(bytes).bytes(), bytes);
        }
        places.put(Sha256.of(compacted), other);
        places.put(Sha256.of(lost), new ContentLocation("c.tftp.content", other.partition(), 5, 1000));

        fetcher.fetch(Sha256.of(compacted), Priority.DEMAND, PATIENCE).get();
        fetcher.fetch(Sha256.of(lost), Priority.DEMAND, PATIENCE).get();

        assertThat(store.isVerified(Sha256.of(compacted))).isTrue();
        assertThat(store.isVerified(Sha256.of(lost))).isTrue();
    }

    @Test
    void chunkThatIsNowhereFailsWithTheFix() {
        Sha256 hash = Sha256.of(bytes(1000, 64));
        places.put(hash, site.storeChunkOnly(Sha256.of(bytes(1, 65)), bytes(1, 65)));

        assertThatThrownBy(() -> fetcher.fetch(hash, Priority.DEMAND, Duration.ofSeconds(5))
                        .get())
                .hasMessageContaining("nor in another content topic of the cluster; publish the file again");
    }

    @Test
    void wrongBytesUnderTheRightKeyAreNeverKept() {
        byte[] bytes = bytes(1000, 6);
        Sha256 hash = Sha256.of(bytes);
        places.put(hash, site.storeChunkOnly(hash, bytes(1000, 7)));

        assertThatThrownBy(() -> fetcher.fetch(hash, Priority.DEMAND, Duration.ofSeconds(3))
                        .get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessageContaining("could not be fetched within 3 s")
                .hasMessageContaining("publish the file again");
        assertThat(store.holds(hash)).isFalse();
        assertThat(count(ContentMeters.FETCH_FAILURES)).isEqualTo(1);
    }

    @Test
    void eachOfThoseWhoAskWaitsNoLongerThanItSaid() throws Exception {
        byte[] bytes = bytes(1000, 8);
        Sha256 hash = Sha256.of(bytes);
        CompletableFuture<Void> patient = fetcher.fetch(hash, Priority.EAGER, PATIENCE);
        CompletableFuture<Void> hasty = fetcher.fetch(hash, Priority.DEMAND, Duration.ofMillis(50));

        assertThatThrownBy(hasty::get).hasMessageContaining("its place in Kafka is not known yet");
        assertThat(patient).isNotDone();
        places.put(hash, site.storeChunkOnly(hash, bytes));
        fetcher.located(List.of(hash));

        patient.get();
    }

    @Test
    void withoutKafkaTheWaitEndsWithAReason() {
        fetcher.close();
        fetcher = startFetcher(Map.of("bootstrap.servers", "127.0.0.1:1"));
        Sha256 hash = storeChunk(bytes(1000, 9));

        assertThatThrownBy(() -> fetcher.fetch(hash, Priority.DEMAND, Duration.ofMillis(300))
                        .get())
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessageContaining("could not be fetched");
    }

    @Test
    void damagedChunkOnDiskIsFetchedAnew() throws Exception {
        byte[] bytes = bytes(50_000, 10);
        Sha256 hash = storeChunk(bytes);
        fetcher.fetch(hash, Priority.DEMAND, PATIENCE).get();
        fetcher.close();
        Path file =
                directory.resolve("content").resolve(hash.hex().substring(0, 2)).resolve(hash.hex());
        Files.write(file, bytes(50_000, 11));
        store = ContentStore.open(directory.resolve("content"), 64 << 20);
        fetcher = startFetcher(site.clientSettings());

        fetcher.fetch(hash, Priority.DEMAND, PATIENCE).get();

        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        assertThat(store.corrupt()).isEqualTo(1);
    }

    @Test
    void fileIsReadFromItsFirstChunkOnWhileTheRestComes() throws Exception {
        byte[] bytes = bytes(5 * FileContent.CHUNK_SIZE + 17, 12);
        FileContent content = site.storeContent(bytes, FileContent.CHUNK_SIZE, false, places::put);
        try (IndexedOpenFile file = open(content)) {
            assertThat(file.resident(0, 1)).isFalse();
            file.load(0, 1).toCompletableFuture().get();
            assertThat(file.resident(0, 1)).isTrue();

            assertThat(Sha256.of(readAll(file))).isEqualTo(Sha256.of(bytes));
            assertThat(file.resident(bytes.length, 100)).as("beyond the end").isTrue();
        }
        assertThat(store.pinned()).isZero();
    }

    @Test
    void fileLargerThanTheQuotaIsServedPieceByPiece() throws Exception {
        int chunkSize = 40_000;
        fetcher.close();
        store = ContentStore.open(directory.resolve("small"), 3 * chunkSize);
        fetcher = startFetcher(site.clientSettings());
        byte[] bytes = bytes(100 * chunkSize, 13);
        try (IndexedOpenFile file = open(site.storeContent(bytes, chunkSize, false, places::put))) {
            assertThat(Sha256.of(readAll(file))).isEqualTo(Sha256.of(bytes));
            assertThat(store.pinned()).isLessThanOrEqualTo(64);
        }
        assertThat(store.pinned()).isZero();
    }

    @Test
    void whoeverAskedForAChunkHasItPinnedBeforeAnotherCanTakeItsRoom() throws Exception {
        fetcher.close();
        store = ContentStore.open(directory.resolve("small"), 40_000);
        fetcher = startFetcher(site.clientSettings());
        byte[] bytes = bytes(40_000, 16);
        byte[] other = bytes(40_000, 17);
        Sha256 hash = Sha256.of(bytes);
        try (IndexedOpenFile file =
                open(new FileContent(hash, 40_000, 40_000, new FileContent.Inline(List.of(hash))))) {
            // The first who is told of the arrival fills the store before the file is told.
            CompletableFuture<Void> filled =
                    fetcher.fetch(hash, Priority.DEMAND, PATIENCE).thenRun(() -> putUnchecked(other));
            CompletableFuture<Void> loaded = file.load(0, 1).toCompletableFuture();
            places.put(hash, site.storeChunkOnly(hash, bytes));
            fetcher.located(List.of(hash));

            filled.get();
            loaded.get();

            assertThat(file.resident(0, 40_000)).isTrue();
            assertThat(count(ContentMeters.FETCHES)).isEqualTo(1);
        }
        assertThat(store.pinned()).isZero();
    }

    private void putUnchecked(byte[] bytes) {
        try {
            store.put(Sha256.of(bytes), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void largeFileIsReadThroughItsManifest() throws Exception {
        int chunkSize = 40_000;
        byte[] bytes = bytes(20 * chunkSize + 5, 14);
        try (IndexedOpenFile file = open(site.storeContent(bytes, chunkSize, true, places::put))) {
            long middle = 11L * chunkSize;
            assertThat(file.resident(middle, 10)).isFalse();
            file.load(middle, 10).toCompletableFuture().get();
            ByteBuf some = Unpooled.buffer();
            file.read(middle, 10, some);
            assertThat(some).isEqualTo(Unpooled.wrappedBuffer(bytes, (int) middle, 10));

            assertThat(Sha256.of(readAll(file))).isEqualTo(Sha256.of(bytes));
        }
        assertThat(store.pinned()).isZero();
    }

    @Test
    void contentThatTheIndexDescribesWronglyFailsWithAReason() throws Exception {
        byte[] bytes = bytes(1000, 15);
        Sha256 hash = storeChunk(bytes);
        FileContent wrong = new FileContent(hash, 900, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash)));
        try (IndexedOpenFile file = open(wrong)) {
            assertThatThrownBy(() -> file.load(0, 1).toCompletableFuture().get())
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not as the index describes it");
        }
        assertThat(store.pinned()).isZero();
    }

    private IndexedOpenFile open(FileContent content) {
        FileRevision.Published version =
                (FileRevision.Published) site.entry(FileKey.of("default", "x"), content, Map.of())
                        .revisions()
                        .getFirst();
        return new IndexedOpenFile(FileKey.of("default", "x"), version, store, fetcher, FETCHING);
    }

    private static byte[] readAll(IndexedOpenFile file) throws Exception {
        ByteBuf all = Unpooled.buffer((int) file.size());
        int piece = 100_000;
        for (long offset = 0; offset < file.size(); offset += piece) {
            if (!file.resident(offset, piece)) {
                file.load(offset, piece).toCompletableFuture().get();
            }
            assertThat(file.resident(offset, piece)).isTrue();
            file.read(offset, piece, all);
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private Sha256 storeChunk(byte[] bytes) {
        Sha256 hash = Sha256.of(bytes);
        places.put(hash, site.storeChunkOnly(hash, bytes));
        return hash;
    }

    private double count(ContentMeters meter) {
        return meters.get(meter.meterName()).counter().count();
    }

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
