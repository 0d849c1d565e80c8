package io.tftpdc.edge.content;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileRevision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading what is on disk already. */
class IndexedOpenFileTest {
    /** Large enough to be mapped. */
    private static final int CHUNK = 40_000;

    @TempDir
    private Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void everyByteOfMappedAndOfSmallChunksHasAnAddress() throws Exception {
        for (int chunk : new int[] {CHUNK, 1000}) {
            byte[] bytes = bytes(3 * chunk + 17, chunk);
            ContentStore store = open(1 << 20);
            OpenFile file = file(store, putAll(store, bytes, chunk));

            byte[] seen = new byte[bytes.length];
            int runs = 0;
            for (int offset = 0; offset < bytes.length; runs++) {
                int length = file.contiguous(offset);
                memory(file.address(offset), length).get(seen, offset, length);
                offset += length;
            }

            assertThat(runs).isEqualTo(4);
            assertThat(seen).isEqualTo(bytes);
            assertThat(file.contiguous(chunk - 5)).isEqualTo(5);
            assertThat(file.address(chunk - 5)).isEqualTo(file.address(0) + chunk - 5);
        }
    }

    @Test
    void whatIsNotHereHasNoAddress() throws Exception {
        byte[] bytes = bytes(2 * CHUNK, 1);
        ContentStore store = open(1 << 20);
        FileContent content = contentOf(bytes, CHUNK);
        store.put(hashOf(content, 0), slice(bytes, 0, CHUNK));
        OpenFile file = file(store, content);

        assertThat(file.address(CHUNK - 1)).isNotZero();
        assertThat(List.of(file.address(CHUNK), file.address(2 * CHUNK), file.address(-1)))
                .containsOnly(0L);
        assertThat(List.of(file.contiguous(CHUNK), file.contiguous(2 * CHUNK), file.contiguous(-1)))
                .containsOnly(0);
        file.close();
        assertThat(file.address(0)).as("closed").isZero();
        assertThat(file.contiguous(0)).as("closed").isZero();
    }

    @Test
    void addressesStayGoodUntilReadingIsFourMebibytesAway() throws Exception {
        int chunk = 140_000;
        int count = 70;
        byte[] bytes = bytes(count * chunk, 2);
        FileContent content = contentOf(bytes, chunk);
        // A quota that holds nothing: what is not pinned is gone with the next chunk.
        ContentStore store = open(1);
        OpenFile file = file(store, content);
        int near = OpenFile.ADDRESSES_VALID_WITHIN / chunk;
        for (int asked = 0; asked < count; asked++) {
            store.put(hashOf(content, asked), slice(bytes, asked * chunk, chunk));
            assertThat(file.address((long) asked * chunk)).isNotZero();
            assertThat(held(store, content, Math.max(0, asked - near), asked)).isTrue();
        }
        assertThat(store.pinned()).isLessThan(count);

        for (int asked = count - 1; asked >= 0; asked--) {
            store.put(hashOf(content, asked), slice(bytes, asked * chunk, chunk));
            assertThat(file.address((long) asked * chunk)).isNotZero();
            assertThat(held(store, content, asked, Math.min(count - 1, asked + near)))
                    .isTrue();
        }
        assertThat(store.pinned()).isLessThan(count);
    }

    private static boolean held(ContentStore store, FileContent content, int first, int last) {
        return IntStream.rangeClosed(first, last).allMatch(i -> store.holds(hashOf(content, i)));
    }

    @Test
    void fileOfManyTinyChunksHasNoAddressesBecauseTheyWouldNotStayGood() throws Exception {
        byte[] bytes = bytes(65 * 100, 3);
        ContentStore store = open(1 << 20);
        OpenFile file = file(store, putAll(store, bytes, 100));

        assertThat(file.resident(0, 100)).isTrue();
        assertThat(file.address(0)).isZero();
        assertThat(file.contiguous(0)).isZero();
    }

    @Test
    void findingAddressesBackAndForthAllocatesNothing() throws Exception {
        byte[] bytes = bytes(3 * CHUNK, 4);
        ContentStore store = open(1 << 20);
        OpenFile file = file(store, putAll(store, bytes, CHUNK));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(backAndForth(file)).isNotZero();

        long before = threads.getCurrentThreadAllocatedBytes();
        long sum = backAndForth(file);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(sum).isNotZero();
        // 20,000 rounds: even a byte in each would show.
        assertThat(allocated).isLessThan(10_000);
    }

    private static long backAndForth(OpenFile file) {
        long sum = 0;
        for (int i = 0; i < 20_000; i++) {
            long offset = i % 2 == 0 ? CHUNK - 700 : 2 * CHUNK - 700;
            sum += file.resident(offset, 1400) ? file.address(offset) : 0;
            sum += file.contiguous(offset) + file.address(offset + 700);
        }
        return sum;
    }

    private ContentStore open(long quota) throws IOException {
        return ContentStore.open(directory.resolve("content" + opened.size()), quota);
    }

    private OpenFile file(ContentStore store, FileContent content) {
        ContentFetcher fetcher =
                new ContentFetcher(store, hash -> Optional.empty(), Map.of("bootstrap.servers", "127.0.0.1:1"), 1);
        FileRevision.Published version = new FileRevision.Published(
                new EventStamp(HybridTime.of(1, 0), new SiteName("a"), new EventId(new UUID(0, 1))),
                "test",
                content,
                "",
                Map.of());
        IndexedOpenFile file = new IndexedOpenFile(
                FileKey.of("default", "x"),
                version,
                store,
                fetcher,
                new IndexedOpenFile.Fetching(Duration.ofMillis(10), 0));
        opened.add(fetcher);
        opened.add(file);
        return file;
    }

    private static FileContent putAll(ContentStore store, byte[] bytes, int chunk) throws IOException {
        FileContent content = contentOf(bytes, chunk);
        for (int i = 0; i < content.chunkCount(); i++) {
            store.put(hashOf(content, i), slice(bytes, i * chunk, content.chunkLength(i)));
        }
        return content;
    }

    private static FileContent contentOf(byte[] bytes, int chunk) {
        List<Sha256> hashes = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += chunk) {
            hashes.add(Sha256.of(slice(bytes, from, Math.min(chunk, bytes.length - from))));
        }
        return new FileContent(Sha256.of(bytes), bytes.length, chunk, new FileContent.Inline(hashes));
    }

    private static Sha256 hashOf(FileContent content, int index) {
        return ((FileContent.Inline) content.chunks()).hashes().get(index);
    }

    private static byte[] slice(byte[] bytes, int from, int length) {
        byte[] slice = new byte[length];
        System.arraycopy(bytes, from, slice, 0, length);
        return slice;
    }

    /** The memory at an address, seen through java.lang.foreign, which is a preview at our language level. */
    private static ByteBuffer memory(long address, int length) throws ReflectiveOperationException {
        Class<?> type = Class.forName("java.lang.foreign.MemorySegment");
        Object nothing = type.getMethod("ofAddress", long.class).invoke(null, address);
        Object segment = type.getMethod("reinterpret", long.class).invoke(nothing, (long) length);
        return (ByteBuffer) type.getMethod("asByteBuffer").invoke(segment);
    }

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
