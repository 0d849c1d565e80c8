package io.tftpdc.streams;

import io.tftpdc.client.ContentLocator;
import io.tftpdc.client.ContentReader;
import io.tftpdc.client.ContentWriter;
import io.tftpdc.client.RecordWriter;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import io.tftpdc.projection.ContentRepair;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Reads a version's bytes from wherever this site has them, a peer's mirrored topic included, and writes them into the
 * site's own {@code tftp.content}; of content that lies in an object, the manifests alone. A few threads of its own, so that it never takes all of a link.
 */
final class ContentRewriter implements ContentRepair, AutoCloseable {
    private static final int THREADS = 2;
    private static final long CLOSE_SECONDS = 2;

    private final ContentReader reader;
    private final RecordWriter writer;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("content-repair-", 0).factory());

    /** @param writer stays the caller's to close */
    ContentRewriter(Map<String, ?> kafka, ContentLocator locator, RecordWriter writer) {
        this.reader = new ContentReader(kafka, locator);
        this.writer = writer;
    }

    @Override
    public CompletableFuture<?> writeAgain(FileContent content) {
        try {
            Optional<FileContent> inKafka = inKafka(content);
            return inKafka.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.runAsync(() -> copy(inKafka.get()), threads);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What has to be in Kafka: the bytes, or, where an object holds them, the list of its chunks if it is not inline. */
    private static Optional<FileContent> inKafka(FileContent content) {
        if (content.location().isEmpty()) {
            return Optional.of(content);
        }
        return switch (content.chunks()) {
            case FileContent.Inline inline -> Optional.empty();
            case FileContent.Manifest manifest ->
                // The list is in chunks as any content is; its own hash is nowhere and nobody asks for it.
                Optional.of(new FileContent(
                        content.hash(),
                        manifest.chunkCount() * Sha256.BYTES,
                        FileContent.CHUNK_SIZE,
                        new FileContent.Inline(manifest.hashes())));
        };
    }

    private void copy(FileContent content) {
        ContentWriter again = new ContentWriter(writer);
        try (InputStream bytes = reader.open(content)) {
            byte[] chunk = bytes.readNBytes(content.chunkSize());
            while (chunk.length > 0) {
                // One at a time: what is mended is not in a hurry, and memory stays small.
                again.add(chunk).join();
                chunk = bytes.readNBytes(content.chunkSize());
            }
            FileContent written = again.finish(content.hash()).join();
            if (!written.equals(content)) {
                throw new CompletionException(new IOException("content " + content.hash()
                        + " was written in other chunks than its event names; publish the file again"));
            }
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                reader.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
