package io.tftpdc.client;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import io.tftpdc.topic.Topics;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Writes one content to {@code tftp.content}, chunk after chunk, without waiting for Kafka: each chunk has a future that
 * says when Kafka has it for good, and {@link #finish} one for all of them. How many chunks may be on their way at a time
 * is the caller's to bound.
 *
 * <p>Of content whose bytes lie in an object only the manifests are written; see {@link #listing}.
 *
 * <p>Used by one thread at a time; who hands it to another thread does so with a happens-before in between. Apart from
 * what {@link RecordWriter#write} does, nothing here blocks.
 */
public final class ContentWriter {
    /** Chunks of one content remembered so that repeated ones (runs of 0x00 or 0xFF) are written once. */
    private static final int REMEMBERED_CHUNKS = 8192;

    private static final CompletableFuture<Void> WRITTEN = CompletableFuture.completedFuture(null);

    private final RecordWriter writer;
    private final boolean chunksAreElsewhere;
    private final ChunkList list = new ChunkList();
    private final Set<Sha256> remembered = new HashSet<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CompletableFuture<Void> allWritten = new CompletableFuture<>();
    /** Records that Kafka has not answered for, and one more until {@link #finish}. */
    private final AtomicLong outstanding = new AtomicLong(1);

    private long size;

    public ContentWriter(RecordWriter writer) {
        this(writer, false);
    }

    private ContentWriter(RecordWriter writer, boolean chunksAreElsewhere) {
        this.writer = writer;
        this.chunksAreElsewhere = chunksAreElsewhere;
    }

    /** Lists the chunks without writing them. */
    public static ContentWriter listing(RecordWriter writer) {
        return new ContentWriter(writer, true);
    }

    /** Bytes of content so far. */
    public long size() {
        return size;
    }

    /**
     * Takes the next chunk.
     *
     * @param bytes of {@link FileContent#CHUNK_SIZE}, or fewer for the last chunk; the array is the caller's again when
     *     this returns
     * @return completes when Kafka has the chunk; exceptionally with Kafka's reason when it does not take it
     */
    public CompletableFuture<Void> add(byte[] bytes) {
        size += bytes.length;
        Pending pending = new Pending();
        list.add(chunksAreElsewhere ? Sha256.of(bytes) : pending.write(bytes), pending::write);
        return pending.written;
    }

    /** As {@link #add(byte[])}, of the first bytes of a larger array. */
    public CompletableFuture<Void> add(byte[] bytes, int length) {
        return add(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }

    /**
     * Takes the end of the content.
     *
     * @param whole hash of the whole content, which is the caller's to know
     * @return completes with what was written when Kafka has all of it; exceptionally with Kafka's first reason
     *     otherwise. Continuations may run on the producer's thread and must not block there
     */
    public CompletableFuture<FileContent> finish(Sha256 whole) {
        FileContent.Chunks chunks = list.finish(new Pending()::write);
        FileContent content = new FileContent(whole, size, FileContent.CHUNK_SIZE, chunks);
        answered(null);
        return allWritten.thenApply(done -> content);
    }

    /** Why Kafka did not take a chunk, if that happened: what comes after it is not worth sending. Any thread. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    private void answered(@Nullable Throwable failed) {
        if (failed != null) {
            failure.compareAndSet(null, failed);
        }
        if (outstanding.decrementAndGet() == 0) {
            Throwable first = failure.get();
            if (first == null) {
                allWritten.complete(null);
            } else {
                allWritten.completeExceptionally(first);
            }
        }
    }

    /** The records that one chunk needs: itself unless it was written before, and now and then a manifest. */
    private final class Pending {
        private CompletableFuture<Void> written = WRITTEN;

        Sha256 write(byte[] chunk) {
            Sha256 hash = Sha256.of(chunk);
            if (remembered.contains(hash)) {
                return hash;
            }
            if (remembered.size() < REMEMBERED_CHUNKS) {
                remembered.add(hash);
            }
            outstanding.incrementAndGet();
            CompletableFuture<Void> answer;
            try {
                answer = writer.write(Topics.CONTENT, hash, chunk)
                        .whenComplete((metadata, failed) -> answered(failed))
                        .thenApply(metadata -> null);
            } catch (InterruptException e) {
                answered(e);
                throw e;
            }
            written = written == WRITTEN ? answer : CompletableFuture.allOf(written, answer);
            return hash;
        }
    }
}
