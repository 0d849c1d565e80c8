package io.tftpdc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunkListTest {
    private final List<byte[]> manifestChunks = new ArrayList<>();

    @Test
    void asManyAsFitAreListedInTheEventItself() {
        List<Sha256> hashes = hashes(FileContent.MAX_INLINE_CHUNKS);

        FileContent.Chunks chunks = collect(hashes);

        assertThat(chunks).isEqualTo(new FileContent.Inline(hashes));
        assertThat(manifestChunks).isEmpty();
    }

    @Test
    void oneMoreGoesToAManifestThatHoldsThemAll() {
        List<Sha256> hashes = hashes(FileContent.MAX_INLINE_CHUNKS + 1);

        FileContent.Chunks chunks = collect(hashes);

        assertThat(chunks).isEqualTo(new FileContent.Manifest(List.of(Sha256.of(manifestChunks.get(0))), 257));
        assertThat(listed()).isEqualTo(hashes);
    }

    @Test
    void aFullManifestBeginsNoEmptyOne() {
        List<Sha256> hashes = hashes(FileContent.CHUNKS_PER_MANIFEST);

        FileContent.Chunks chunks = collect(hashes);

        assertThat(chunks).isInstanceOf(FileContent.Manifest.class);
        assertThat(manifestChunks).hasSize(1);
        assertThat(listed()).isEqualTo(hashes);
    }

    @Test
    void manifestsFollowEachOther() {
        List<Sha256> hashes = hashes(2 * FileContent.CHUNKS_PER_MANIFEST + 3);

        FileContent.Chunks chunks = collect(hashes);

        assertThat(chunks)
                .isEqualTo(new FileContent.Manifest(
                        manifestChunks.stream().map(Sha256::of).toList(), hashes.size()));
        assertThat(manifestChunks).hasSize(3);
        assertThat(listed()).isEqualTo(hashes);
    }

    private FileContent.Chunks collect(List<Sha256> hashes) {
        ChunkList list = new ChunkList();
        hashes.forEach(hash -> list.add(hash, this::keep));
        return list.finish(this::keep);
    }

    private Sha256 keep(byte[] manifestChunk) {
        manifestChunks.add(manifestChunk.clone());
        return Sha256.of(manifestChunk);
    }

    private List<Sha256> listed() {
        List<Sha256> hashes = new ArrayList<>();
        for (byte[] chunk : manifestChunks) {
            for (ByteBuffer buffer = ByteBuffer.wrap(chunk); buffer.hasRemaining(); ) {
                hashes.add(Sha256.read(buffer));
            }
        }
        return hashes;
    }

    private static List<Sha256> hashes(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Sha256(i, 0, 0, ~i)).toList();
    }
}
