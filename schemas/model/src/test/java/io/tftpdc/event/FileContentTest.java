package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.FileContent.Inline;
import io.tftpdc.event.FileContent.Manifest;
import io.tftpdc.property.RandomValues;
import io.tftpdc.property.Seeds;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FileContentTest {
    private static final Sha256 HASH = new Sha256(1, 2, 3, 4);

    @Test
    void aFileOfNoBytesHasNoChunks() {
        FileContent content = new FileContent(HASH, 0, 512, inline(0));

        assertThat(content.chunkCount()).isZero();
        assertThatThrownBy(() -> content.chunkLength(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void onlyTheLastChunkIsShort() {
        FileContent content = new FileContent(HASH, 1025, 512, inline(3));

        assertThat(List.of(content.chunkLength(0), content.chunkLength(1), content.chunkLength(2)))
                .containsExactly(512, 512, 1);
        assertThatThrownBy(() -> content.chunkLength(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> content.chunkLength(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aMultipleOfTheChunkSizeEndsWithAFullChunk() {
        FileContent content = new FileContent(HASH, 1024, 512, inline(2));

        assertThat(content.chunkLength(1)).isEqualTo(512);
    }

    @Test
    void theLengthsOfAllChunksAddUpToTheSize() {
        Seeds.check(300, random -> {
            FileContent content = new RandomValues(random).content();
            long sum = 0;
            for (long i = 0; i < content.chunkCount(); i++) {
                sum += content.chunkLength(i);
            }

            assertThat(sum).isEqualTo(content.size());
        });
    }

    @Test
    void aListOfTheWrongLengthIsRefused() {
        assertThatThrownBy(() -> new FileContent(HASH, 1024, 512, inline(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lists 3 chunks")
                .hasMessageContaining("expected 2");
        assertThatThrownBy(() -> new FileContent(HASH, 0, 512, inline(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void negativeSizesAndEmptyChunksAreRefused() {
        assertThatThrownBy(() -> new FileContent(HASH, -1, 512, inline(0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FileContent(HASH, 0, 0, inline(0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FileContent(HASH, Long.MAX_VALUE, 2, inline(0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aManifestChunkStandsForAsManyChunksAsFitIntoIt() {
        int full = FileContent.CHUNKS_PER_MANIFEST;

        assertThat(new Manifest(List.of(HASH), full).hashes()).hasSize(1);
        assertThat(new Manifest(List.of(HASH, HASH), full + 1).hashes()).hasSize(2);
        assertThatThrownBy(() -> new Manifest(List.of(HASH), full + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 2");
    }

    @Test
    void aManifestOfNothingIsRefusedBecauseNoChunksAreListedInline() {
        assertThatThrownBy(() -> new Manifest(List.of(), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Manifest(List.of(), -5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aManifestForAnotherSizeIsRefused() {
        assertThatThrownBy(() -> new FileContent(HASH, 1024, 512, new Manifest(List.of(HASH), 3)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theRangesOfTheChunksAreTheWholeObject() {
        ObjectLocation object = new ObjectLocation("s3://firmware/image.bin");
        FileContent content = new FileContent(HASH, 1025, 512, inline(3)).at(object);

        assertThat(List.of(content.rangeOf(0), content.rangeOf(1), content.rangeOf(2)))
                .containsExactly(
                        Optional.of(new ObjectRange(object, 0, 512)),
                        Optional.of(new ObjectRange(object, 512, 512)),
                        Optional.of(new ObjectRange(object, 1024, 1)));
        assertThat(content.rangeOf(3)).isEmpty();
        assertThat(content.withoutLocation().rangeOf(0)).isEmpty();
    }

    @Test
    void contentWithoutALocationIsWrittenAsItAlwaysWas() {
        FileContent content = new FileContent(HASH, 1, 512, inline(1));

        assertThat(content)
                .hasToString("FileContent[hash=" + HASH + ", size=1, chunkSize=512, chunks=" + inline(1) + "]");
        assertThat(content.at(new ObjectLocation("s3://b/k")).withoutLocation()).isEqualTo(content);
    }

    private static Inline inline(int count) {
        return new Inline(Collections.nCopies(count, HASH));
    }
}
