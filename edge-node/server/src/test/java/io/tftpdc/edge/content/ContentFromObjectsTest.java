package io.tftpdc.edge.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.edge.content.ContentFetcher.Priority;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.ObjectRange;
import io.tftpdc.event.Sha256;
import io.tftpdc.objects.ObjectStoreConfig;
import io.tftpdc.objects.ObjectStoreException;
import io.tftpdc.objects.ObjectStores;
import io.tftpdc.objects.testing.RangeServer;
import io.tftpdc.runtime.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chunks that Kafka has not, and an object store has; there is no Kafka here at all. */
class ContentFromObjectsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CHUNK = 1_000;

    private record File(List<ObjectStoreConfig> objectStores) {}

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private RangeServer server;
    private ObjectStores stores;
    private ContentStore store;
    private ContentFetcher fetcher;

    @BeforeEach
    void open() throws IOException {
        server = RangeServer.start();
        stores = ObjectStores.open(ConfigFile.parse(
                        File.class,
                        "edge.yaml",
                        "object-stores: [{name: web, url: '" + server.url() + "', connections: 2, timeout: 5s}]",
                        name -> null)
                .objectStores());
        store = ContentStore.open(directory.resolve("content"), 64 << 20);
        fetcher = new ContentFetcher(
                store, hash -> Optional.empty(), Map.of("bootstrap.servers", "127.0.0.1:1"), 1, stores);
        fetcher.bindTo(meters);
        fetcher.start();
    }

    @AfterEach
    void close() {
        fetcher.close();
        stores.close();
        server.close();
    }

    @Test
    void chunksAreReadByRangeAndCheckedAndCounted() throws Exception {
        byte[] bytes = random(1, 10 * CHUNK - 1);
        FileContent content = published("dir/image.bin", bytes);

        List<CompletableFuture<PinnedChunk>> arrivals = new ArrayList<>();
        for (int i = 0; i < content.chunkCount(); i++) {
            arrivals.add(fetcher.fetchPinned(hash(content, i), content.rangeOf(i), Priority.DEMAND, PATIENCE));
        }

        for (int i = 0; i < arrivals.size(); i++) {
            try (PinnedChunk chunk = arrivals.get(i).get()) {
                assertThat(chunk.size()).isEqualTo(content.chunkLength(i));
            }
        }
        assertThat(server.requests()).hasSize(10).contains("/dir/image.bin bytes=9000-9998");
        assertThat(reads("ok")).isEqualTo(10);
        assertThat(meters.get("tftpdc.edge.content.object.read").counter().count())
                .isEqualTo(bytes.length);
        assertThat(meters.get("tftpdc.edge.content.object.duration").timer().count())
                .isEqualTo(10);
    }

    @Test
    void noMoreAreReadAtOnceThanTheStoreTakes() throws Exception {
        FileContent content = published("image.bin", random(2, 20 * CHUNK));
        CountDownLatch twoAtOnce = new CountDownLatch(2);
        server.makeTrouble(exchange -> {
            twoAtOnce.countDown();
            awaitQuietly(twoAtOnce);
            return false;
        });

        for (CompletableFuture<Void> arrival : fetchAll(content, Priority.EAGER)) {
            arrival.get();
        }

        assertThat(server.mostAtOnce()).isEqualTo(2);
    }

    @Test
    void whatAClientWaitsForGoesBeforeWhatWasAskedForAheadOfTime() throws Exception {
        FileContent content = published("image.bin", random(3, 20 * CHUNK));
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        server.makeTrouble(exchange -> {
            begun.countDown();
            awaitQuietly(goOn);
            return false;
        });
        List<CompletableFuture<Void>> ahead = fetchAll(content, Priority.EAGER);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> wanted =
                fetcher.fetch(hash(content, 19), content.rangeOf(19), Priority.DEMAND, PATIENCE);
        goOn.countDown();
        wanted.get();
        for (CompletableFuture<Void> arrival : ahead) {
            arrival.get();
        }

        assertThat(server.requests().subList(2, 4)).contains("/image.bin bytes=19000-19999");
        assertThat(server.requests()).as("each is read once").hasSize(20);
    }

    @Test
    void bytesThatAreNotThosePublishedAreNeverKept() {
        byte[] bytes = random(4, 3 * CHUNK);
        FileContent content = published("image.bin", bytes);
        bytes[CHUNK + 7] ^= 1;
        server.put("image.bin", bytes);

        assertThat(fetch(content, 0)).succeedsWithin(PATIENCE);
        refuses(fetch(content, 1), "has other bytes now than were published");

        assertThat(store.holds(hash(content, 1))).isFalse();
        assertThat(reads("changed")).isEqualTo(1);
        assertThat(fetch(content, 2)).as("other chunks are served").succeedsWithin(PATIENCE);
    }

    @Test
    void aRefusalIsToldAtOnceAndTheStoreIsLeftAloneForAWhile() {
        FileContent content = published("image.bin", random(5, 3 * CHUNK));
        AtomicBoolean refusing = new AtomicBoolean(true);
        server.makeTrouble(exchange -> {
            if (refusing.get()) {
                exchange.sendResponseHeaders(403, -1);
            }
            return refusing.get();
        });

        refuses(fetch(content, 0), "object store web does not let this node read it");
        for (int i = 0; i < 50; i++) {
            refuses(fetch(content, i % 3), "object store web does not let this node read it");
        }
        assertThat(server.requests())
                .as("asked once, and for the chance again after a second")
                .hasSizeLessThan(5);

        refusing.set(false);
        await().atMost(PATIENCE).until(() -> !fetch(content, 0)
                .handle((here, error) -> error != null)
                .get());
        assertThat(reads("refused")).isPositive();
    }

    @Test
    void anObjectThatIsGoneIsToldAtOnce() {
        FileContent content = published("image.bin", random(6, CHUNK));
        server.remove("image.bin");

        refuses(fetch(content, 0), "object store web does not have it any more");
        assertThat(reads("missing")).isEqualTo(1);
    }

    @Test
    void aStoreThatIsNotConfiguredIsNeverAsked() {
        FileContent content = content(random(7, CHUNK)).at(new ObjectLocation("http://127.0.0.1:1/image.bin"));

        refuses(fetch(content, 0), "is not configured on this node");
        assertThat(count("tftpdc.edge.content.object.reads", "none", "unconfigured"))
                .isEqualTo(1);
    }

    @Test
    void aStoreThatIsNotConfiguredIsLoggedOnceAndShownForAsLongAsItIsAskedFor() {
        FileContent content = content(random(16, 3 * CHUNK)).at(new ObjectLocation("http://127.0.0.1:1/x?key=s3cret"));
        try (LogRecorder log = LogRecorder.of(ObjectFetcher.class)) {
            await().atMost(PATIENCE).until(() -> {
                fetch(content, 0).exceptionally(refused -> null).get(10, TimeUnit.SECONDS);
                return count("tftpdc.edge.content.object.reads", "none", "unconfigured") >= 2;
            });
            FileContent other = content(random(17, CHUNK)).at(new ObjectLocation("http://127.0.0.1:1/y"));
            refuses(fetch(other, 0), "is not configured on this node");

            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("http://127.0.0.1:1")
                    .doesNotContain("s3cret");
        }
        assertThat(fetcher.objectTroubles().now()).singleElement().satisfies(trouble -> {
            assertThat(trouble.store()).isEqualTo("http://127.0.0.1:1");
            assertThat(trouble.kind()).isEqualTo(ObjectStoreException.Kind.UNCONFIGURED);
            assertThat(trouble.objects()).isEqualTo(2);
        });
    }

    @Test
    void chunksThatWouldFillTheMemoryAreNotReadWhateverAnEventSays() {
        FileContent content = new FileContent(
                        Sha256.of(random(13, 1)),
                        1L << 40,
                        1 << 30,
                        new FileContent.Manifest(List.of(Sha256.of(random(14, 1))), 1 << 10))
                .at(new ObjectLocation(server.url() + "image.bin"));

        refuses(
                fetcher.fetch(Sha256.of(random(15, 1)), content.rangeOf(5), Priority.DEMAND, PATIENCE),
                "cannot be read piece by piece");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aStoreThatWasAwayIsAskedAgainUntilItIsBack() throws Exception {
        byte[] bytes = random(8, CHUNK);
        FileContent content = published("image.bin", bytes);
        server.goAway();
        CompletableFuture<Void> waiting = fetch(content, 0);
        await().atMost(PATIENCE).until(() -> reads("unavailable") >= 2);
        assertThat(waiting).isNotDone();

        server.comeBack();

        waiting.get();
        assertThat(store.isVerified(hash(content, 0))).isTrue();
    }

    @Test
    void whatNobodyWaitsForDoesNotWaitForAStoreThatIsAway() {
        FileContent content = published("image.bin", random(9, CHUNK));
        server.goAway();

        CompletableFuture<Void> ahead = fetcher.fetch(hash(content, 0), content.rangeOf(0), Priority.EAGER, PATIENCE);

        refuses(ahead, "object store web does not answer");
        assertThat(fetcher.wantedCount()).isZero();
    }

    @Test
    void aChunkOfTwoFilesComesFromWhicheverObjectHasIt() throws Exception {
        byte[] bytes = random(10, CHUNK);
        FileContent gone = published("gone.bin", bytes);
        FileContent here = published("here.bin", bytes);
        CountDownLatch both = new CountDownLatch(1);
        server.makeTrouble(exchange -> {
            boolean first = exchange.getRequestURI().getPath().equals("/gone.bin");
            if (first) {
                awaitQuietly(both);
                exchange.sendResponseHeaders(404, -1);
            }
            return first;
        });

        CompletableFuture<Void> one = fetch(gone, 0);
        CompletableFuture<Void> other = fetch(here, 0);
        both.countDown();

        one.get();
        other.get();
        assertThat(reads("missing")).isEqualTo(1);
        assertThat(reads("ok")).isEqualTo(1);
    }

    @Test
    void refusalsStandLongerEachTimeAndEndWithASuccess() throws Exception {
        long[] now = {0};
        ObjectRefusals refusals = new ObjectRefusals(() -> now[0]);
        ObjectLocation object = new ObjectLocation("s3://b/k");
        Sha256 chunk = Sha256.of(random(11, 1));
        ObjectStoreException missing =
                new ObjectStoreException(ObjectStoreException.Kind.MISSING, "s", object, 404, "gone");

        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            pauses.add(refusals.refused(object, chunk, missing).toSeconds());
        }
        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        now[0] = Duration.ofSeconds(60).toNanos() - 1;
        assertThat(refusals.standing(object, Sha256.of(random(12, 1)))).contains(missing);
        now[0]++;
        assertThat(refusals.standing(object, chunk)).isEmpty();
        refusals.refused(object, chunk, missing);
        refusals.given(object, chunk);
        assertThat(refusals.standing(object, chunk)).isEmpty();
        assertThat(refusals.refused(object, chunk, missing)).isEqualTo(Duration.ofSeconds(1));
    }

    private CompletableFuture<Void> fetch(FileContent content, int index) {
        return fetcher.fetch(hash(content, index), content.rangeOf(index), Priority.DEMAND, PATIENCE);
    }

    private List<CompletableFuture<Void>> fetchAll(FileContent content, Priority priority) {
        List<CompletableFuture<Void>> arrivals = new ArrayList<>();
        for (int i = 0; i < content.chunkCount(); i++) {
            Optional<ObjectRange> range = content.rangeOf(i);
            arrivals.add(fetcher.fetch(hash(content, i), range, priority, PATIENCE));
        }
        return arrivals;
    }

    /** Well before patience ends. */
    private static void refuses(CompletableFuture<Void> arrival, String reason) {
        assertThatThrownBy(() -> arrival.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("://");
    }

    private FileContent published(String path, byte[] bytes) {
        server.put(path, bytes);
        return content(bytes).at(new ObjectLocation(server.url() + path));
    }

    private static FileContent content(byte[] bytes) {
        List<Sha256> hashes = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += CHUNK) {
            hashes.add(Sha256.of(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + CHUNK))));
        }
        return new FileContent(Sha256.of(bytes), bytes.length, CHUNK, new FileContent.Inline(hashes));
    }

    private static Sha256 hash(FileContent content, int index) {
        return ((FileContent.Inline) content.chunks()).hashes().get(index);
    }

    private double reads(String outcome) {
        return count("tftpdc.edge.content.object.reads", "web", outcome);
    }

    private double count(String name, String ofStore, String outcome) {
        Counter counter =
                meters.find(name).tags("store", ofStore, "outcome", outcome).counter();
        return counter == null ? 0 : counter.count();
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
