package io.tftpdc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import io.tftpdc.wire.DerivedSchemaIds;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ContentWriterTest {
    private static final Sha256 WHOLE = new Sha256(1, 2, 3, 4);

    /** Answers only when it is told to. */
    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

    private final ContentWriter content = new ContentWriter(new TopicWriter(kafka, new DerivedSchemaIds()));

    @Test
    void nothingWaitsForKafkaAndEachChunkSaysWhenItIsThere() {
        CompletableFuture<Void> first = content.add(random(FileContent.CHUNK_SIZE, 1));
        CompletableFuture<Void> second = content.add(random(10, 2));
        CompletableFuture<FileContent> all = content.finish(WHOLE);
        assertThat(first).isNotDone();

        kafka.completeNext();

        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(all).isNotDone();

        kafka.completeNext();

        assertThat(all).isCompleted();
        assertThat(all.join().hash()).isEqualTo(WHOLE);
        assertThat(all.join().size()).isEqualTo(FileContent.CHUNK_SIZE + 10);
        assertThat(all.join().chunks())
                .isEqualTo(new FileContent.Inline(
                        List.of(Sha256.of(random(FileContent.CHUNK_SIZE, 1)), Sha256.of(random(10, 2)))));
    }

    @Test
    void theFirstRefusalIsTheReasonOfAll() {
        content.add(random(FileContent.CHUNK_SIZE, 1));
        CompletableFuture<Void> second = content.add(random(FileContent.CHUNK_SIZE, 2));
        kafka.errorNext(new TimeoutException("first"));
        assertThat(content.failure())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessage("first"));

        kafka.errorNext(new TimeoutException("second"));

        assertThat(second).isCompletedExceptionally();
        assertThatThrownBy(() -> content.finish(WHOLE).join())
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("first");
    }

    @Test
    void aBufferIsTheCallersAgainAtOnce() {
        byte[] buffer = random(FileContent.CHUNK_SIZE, 1);
        content.add(buffer, 100);
        Arrays.fill(buffer, (byte) 0);
        kafka.completeNext();

        byte[] sent = kafka.history().getFirst().value();

        assertThat(sent).isEqualTo(Arrays.copyOf(random(FileContent.CHUNK_SIZE, 1), 100));
    }

    @Test
    void aChunkThatComesAgainIsWrittenOnceAndIsThereAtOnce() {
        content.add(new byte[FileContent.CHUNK_SIZE]);

        CompletableFuture<Void> again = content.add(new byte[FileContent.CHUNK_SIZE]);

        assertThat(again).isCompleted();
        CompletableFuture<FileContent> all = content.finish(WHOLE);
        assertThat(all).isNotDone();
        kafka.completeNext();
        assertThat(all.join().chunkCount()).isEqualTo(2);
        assertThat(kafka.history()).hasSize(1);
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
