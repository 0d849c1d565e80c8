package io.tftpdc.edge.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentStoreTest {
    @TempDir
    private Path directory;

    private ContentStore open(long quota) throws IOException {
        return ContentStore.open(directory, quota);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 32 * 1024 - 1, 32 * 1024, 512 * 1024})
    void whatWasPutIsReadBackWhetherSmallOrMapped(int size) throws IOException {
        byte[] bytes = bytes(size, size);
        ContentStore store = open(1 << 20);

        store.put(Sha256.of(bytes), bytes);

        assertThat(read(store, Sha256.of(bytes))).isEqualTo(bytes);
        assertThat(store.bytes()).isEqualTo(size);
    }

    @Test
    void bytesThatAreNotWhatTheHashSaysAreRefused() throws IOException {
        ContentStore store = open(1000);

        assertThatThrownBy(() -> store.put(Sha256.of(new byte[] {1}), new byte[] {2}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.chunks()).isZero();
    }

    @Test
    void leastRecentlyUsedGoesWhenTheQuotaIsReached() throws IOException {
        ContentStore store = open(300);
        Sha256 a = put(store, 100, 1);
        Sha256 b = put(store, 100, 2);
        Sha256 c = put(store, 100, 3);
        store.pin(a).orElseThrow().close();

        Sha256 d = put(store, 100, 4);

        assertThat(store.holds(b)).isFalse();
        assertThat(List.of(a, c, d)).allMatch(store::holds);
        assertThat(store.bytes()).isEqualTo(300);
        assertThat(store.evictions()).isEqualTo(1);
        assertThat(filesNamedByHash()).hasSize(3);
    }

    @Test
    void pinnedChunkStaysEvenBeyondTheQuotaUntilItIsLetGo() throws IOException {
        ContentStore store = open(250);
        Sha256 a = put(store, 100, 1);
        PinnedChunk pin = store.pin(a).orElseThrow();
        PinnedChunk second = store.pin(a).orElseThrow();
        for (int i = 2; i < 6; i++) {
            put(store, 100, i);
        }
        assertThat(store.holds(a)).isTrue();
        assertThat(store.pinned()).isEqualTo(1);

        pin.close();
        pin.close(); // closing twice must not let go of the second pin
        put(store, 100, 6);
        put(store, 100, 7);
        assertThat(store.holds(a)).isTrue();
        second.close();
        put(store, 100, 8);
        put(store, 100, 9);

        assertThat(store.holds(a)).isFalse();
        assertThat(store.pinned()).isZero();
    }

    @Test
    void heldChunkStaysWithoutCountingAsPinned() throws IOException {
        ContentStore store = open(100);
        PinnedChunk full = store.pin(put(store, 100, 1)).orElseThrow();
        Sha256 held = Sha256.of(bytes(100, 2));
        ContentStore.Hold first = store.hold(held);
        ContentStore.Hold second = store.hold(held);
        put(store, 100, 2);
        put(store, 100, 3);
        assertThat(store.holds(held)).isTrue();
        assertThat(store.pinned()).isEqualTo(1);

        first.close();
        first.close(); // closing twice must not end the second hold
        put(store, 100, 4);
        assertThat(store.holds(held)).isTrue();
        second.close();
        put(store, 100, 5);

        assertThat(store.holds(held)).isFalse();
        full.close();
        assertThat(store.pinned()).isZero();
    }

    @Test
    void whatIsThereIsFoundAtStartAndCheckedBeforeItIsUsed() throws IOException {
        Sha256 a = put(open(1000), 100, 1);

        ContentStore again = open(1000);

        assertThat(again.holds(a)).isTrue();
        assertThat(again.pin(a)).as("not checked yet").isEmpty();
        assertThat(again.verify(a)).isTrue();
        assertThat(read(again, a)).isEqualTo(bytes(100, 1));
        assertThat(again.bytes()).isEqualTo(100);
    }

    @Test
    void damagedChunkIsFoundOutAndDropped() throws IOException {
        Sha256 flipped = put(open(1000), 100, 1);
        byte[] content = Files.readAllBytes(fileOf(flipped));
        content[50] ^= 1;
        Files.write(fileOf(flipped), content);

        ContentStore again = open(1000);

        assertThat(again.verify(flipped)).isFalse();
        assertThat(again.holds(flipped)).isFalse();
        assertThat(again.corrupt()).isEqualTo(1);
        assertThat(again.bytes()).isZero();
        assertThat(fileOf(flipped)).doesNotExist();
        put(again, 100, 1);
        assertThat(read(again, flipped)).isEqualTo(bytes(100, 1));
    }

    @Test
    void chunkThatWasCutOffOrTakenAwayUnderUsIsDroppedWhenItIsWanted() throws IOException {
        ContentStore store = open(1000);
        Sha256 cut = put(store, 100, 1);
        Sha256 gone = put(store, 100, 2);
        Files.write(fileOf(cut), new byte[10]);
        Files.delete(fileOf(gone));

        assertThat(store.pin(cut)).isEmpty();
        assertThat(store.pin(gone)).isEmpty();
        assertThat(store.holds(cut) || store.holds(gone)).isFalse();
        assertThat(store.corrupt()).isEqualTo(2);
    }

    @Test
    void crashBetweenWritingAndRenamingLeavesNothingBehind() throws IOException {
        open(1000);
        Path half = directory.resolve("tmp").resolve(Sha256.of(new byte[] {1}).hex() + ".1");
        Files.write(half, new byte[40]);

        ContentStore again = open(1000);

        assertThat(half).doesNotExist();
        assertThat(again.chunks()).isZero();
        assertThat(again.bytes()).isZero();
    }

    @Test
    void foreignFilesAreLeftAlone() throws IOException {
        Path readme = Files.writeString(Files.createDirectories(directory).resolve("README"), "mine");
        Path misplaced = directory.resolve(Sha256.of(new byte[] {1}).hex());
        Files.write(misplaced, new byte[] {1});

        assertThat(open(10).chunks()).isZero();

        assertThat(readme).exists();
        assertThat(misplaced).exists();
    }

    @Test
    void smallerQuotaAtTheNextStartDropsTheOldestArrivals() throws IOException {
        ContentStore store = open(300);
        Sha256 a = put(store, 100, 1);
        Sha256 b = put(store, 100, 2);
        Sha256 c = put(store, 100, 3);
        Files.setLastModifiedTime(fileOf(b), FileTime.fromMillis(1_000));
        Files.setLastModifiedTime(fileOf(a), FileTime.fromMillis(2_000));

        ContentStore smaller = open(200);

        assertThat(smaller.holds(b)).isFalse();
        assertThat(smaller.holds(a) && smaller.holds(c)).isTrue();
    }

    @Test
    void chunksAreServedWhileOthersAreBeingDeletedHoweverLongThatTakes() throws Exception {
        CountDownLatch deleting = new CountDownLatch(1);
        CountDownLatch mayDelete = new CountDownLatch(1);
        ContentStore store = ContentStore.open(
                new ChunkFiles(directory, file -> {
                    deleting.countDown();
                    awaitQuietly(mayDelete);
                    Files.deleteIfExists(file);
                }),
                200);
        Sha256 evicted = put(store, 100, 1);
        Sha256 kept = put(store, 100, 2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Sha256> third = threads.submit(() -> put(store, 100, 3));
            deleting.await();

            assertThat(read(store, kept)).isEqualTo(bytes(100, 2));
            assertThat(store.holds(evicted)).isFalse();
            assertThat(store.bytes()).isEqualTo(200);

            // The one that is on its way out comes anew: it must not be taken by the deletion.
            Future<Sha256> again = threads.submit(() -> put(store, 100, 1));
            mayDelete.countDown();
            again.get();
            assertThat(read(store, evicted)).isEqualTo(bytes(100, 1));
            third.get();
        }
        assertThat(filesNamedByHash()).hasSize(store.chunks());
    }

    @Test
    void fullDiskDropsTheOldestThoughTheQuotaIsNotReached() throws IOException {
        ContentStore store = open(1 << 20);
        Sha256 oldest = put(store, 100, 1);
        Sha256 newest = put(store, 100, 2);
        // Nothing can be written any more.
        Files.delete(directory.resolve("tmp"));

        assertThatThrownBy(() -> put(store, 100, 3)).isInstanceOf(IOException.class);

        assertThat(store.holds(oldest)).isFalse();
        assertThat(store.holds(newest)).isTrue();
        assertThat(store.evictions()).isEqualTo(1);
        Files.createDirectory(directory.resolve("tmp"));
        assertThat(store.holds(put(store, 100, 3))).isTrue();
    }

    @Test
    void roomIsWhatIsLeftOfTheQuota() throws IOException {
        ContentStore store = open(250);
        put(store, 100, 1);

        assertThat(store.hasRoom(150)).isTrue();
        assertThat(store.hasRoom(151)).isFalse();
    }

    @Test
    void manyThreadsReadWhileOthersAreEvicted() throws Exception {
        ContentStore store = open(20 * 40_000);
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            contents.add(bytes(40_000, i));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                results.add(threads.submit(putAndRead(store, contents, thread)));
            }
            int read = 0;
            for (Future<Integer> result : results) {
                read += result.get();
            }
            assertThat(read).isPositive();
        }
        assertThat(store.pinned()).isZero();
        assertThat(store.bytes()).isLessThanOrEqualTo(20 * 40_000);
        assertThat(filesNamedByHash()).hasSize(store.chunks());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Callable<Integer> putAndRead(ContentStore store, List<byte[]> contents, int seed) {
        return () -> {
            Random random = new Random(seed);
            int read = 0;
            for (int i = 0; i < 500; i++) {
                byte[] content = contents.get(random.nextInt(contents.size()));
                Sha256 hash = Sha256.of(content);
                if (random.nextBoolean()) {
                    store.put(hash, content);
                } else {
                    read += readAndCompare(store, hash, content);
                }
            }
            return read;
        };
    }

    private static int readAndCompare(ContentStore store, Sha256 hash, byte[] expected) {
        Optional<PinnedChunk> pinned = store.pin(hash);
        if (pinned.isEmpty()) {
            return 0;
        }
        try (PinnedChunk chunk = pinned.get()) {
            ByteBuf into = Unpooled.directBuffer(expected.length);
            chunk.read(0, expected.length, into);
            boolean same = into.equals(Unpooled.wrappedBuffer(expected));
            into.release();
            assertThat(same).isTrue();
            return 1;
        }
    }

    private static Sha256 put(ContentStore store, int size, long seed) throws IOException {
        byte[] bytes = bytes(size, seed);
        store.put(Sha256.of(bytes), bytes);
        return Sha256.of(bytes);
    }

    private static byte[] read(ContentStore store, Sha256 hash) {
        try (PinnedChunk chunk = store.pin(hash).orElseThrow()) {
            ByteBuf into = Unpooled.buffer();
            int half = chunk.size() / 2;
            chunk.read(0, half, into);
            chunk.read(half, chunk.size() - half, into);
            byte[] bytes = new byte[into.readableBytes()];
            into.readBytes(bytes);
            return bytes;
        }
    }

    private Path fileOf(Sha256 hash) {
        return directory.resolve(hash.hex().substring(0, 2)).resolve(hash.hex());
    }

    private List<Path> filesNamedByHash() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().length() == 64)
                    .toList();
        }
    }

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
