package io.tftpdc.edge.upload;

import io.tftpdc.client.ContentWriter;
import io.tftpdc.client.RecordWriter;
import io.tftpdc.edge.upload.Spool.Spooled;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what waits in the {@link Spool}, in the order of acknowledgement, and removes each upload when Kafka has its
 * chunks and its event. Every upload keeps the event id and stamp that it was acknowledged with: one that is published
 * twice, because the node ended before the removal, changes nothing for those who read the events.
 *
 * <p>Small files go together, but never two versions of one file. A thread of its own; tries for ever.
 */
final class SpoolPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolPublisher.class);

    private static final int MOST_TOGETHER = 16;
    private static final int CHUNKS_IN_FLIGHT = 16;
    private static final long SHORTEST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final Spool spool;
    private final RecordWriter kafka;
    private final Semaphore news = new Semaphore(0);
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Thread thread = new Thread(this::run, "upload-publisher");
    private volatile boolean closing;
    private volatile String problem = "";

    SpoolPublisher(Spool spool, RecordWriter kafka) {
        this.spool = spool;
        this.kafka = kafka;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Something waits. */
    void wake() {
        news.release();
    }

    /** Uploads published since the start. */
    long published() {
        return published.get();
    }

    /** Tries that failed since the start. */
    long failures() {
        return failures.get();
    }

    /** Why what waits is not published, as of the last try; empty when all went well. */
    String problem() {
        return problem;
    }

    private void run() {
        long pause = SHORTEST_PAUSE_MILLIS;
        while (!closing) {
            try {
                List<Spooled> batch = nextBatch();
                if (batch.isEmpty()) {
                    problem = "";
                    news.acquire();
                    news.drainPermits();
                } else {
                    publish(batch);
                    pause = SHORTEST_PAUSE_MILLIS;
                    problem = "";
                }
            } catch (InterruptedException | InterruptException e) {
                closing = true; // nobody else interrupts this thread
            } catch (ExecutionException | IOException | RuntimeException e) {
                if (closing) {
                    return;
                }
                failures.incrementAndGet();
                problem = reason(e);
                LOG.atDebug().setCause(e).log("Spooled uploads are not published now, trying again");
                pause(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    /** The longest run of what waits in which no file comes twice. */
    private List<Spooled> nextBatch() {
        List<Spooled> batch = new ArrayList<>();
        Set<FileKey> keys = new HashSet<>();
        long bytes = 0;
        for (Spooled spooled : spool.waiting(0, MOST_TOGETHER)) {
            if (!keys.add(spooled.entry().key()) || bytes > (long) CHUNKS_IN_FLIGHT * FileContent.CHUNK_SIZE) {
                break;
            }
            batch.add(spooled);
            bytes += spooled.entry().size();
        }
        return batch;
    }

    private record Sent(Spooled spooled, CompletableFuture<FileContent> chunks) {}

    private void publish(List<Spooled> batch) throws InterruptedException, ExecutionException, IOException {
        List<Sent> sent = new ArrayList<>();
        for (Spooled spooled : batch) {
            try {
                sent.add(new Sent(spooled, sendChunks(spooled)));
            } catch (DamagedException e) {
                spool.setAside(spooled, String.valueOf(e.getMessage()));
            }
        }
        List<CompletableFuture<?>> events = new ArrayList<>();
        for (Sent one : sent) {
            SpoolEntry entry = one.spooled().entry();
            FileContent content = one.chunks().get();
            events.add(kafka.write(Topics.FILE_EVENTS, entry.key(), entry.event(content)));
        }
        for (int i = 0; i < sent.size(); i++) {
            events.get(i).get();
            spool.remove(sent.get(i).spooled());
            published.incrementAndGet();
        }
    }

    /** Content that is not what was acknowledged. */
    private static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a failure is what the returned future tells
    private CompletableFuture<FileContent> sendChunks(Spooled spooled) throws IOException, InterruptedException {
        SpoolEntry entry = spooled.entry();
        ContentWriter content = new ContentWriter(kafka);
        MessageDigest whole = Sha256.digester();
        Semaphore mayFly = new Semaphore(CHUNKS_IN_FLIGHT);
        byte[] buffer = new byte[(int) Math.min(entry.size(), FileContent.CHUNK_SIZE)];
        try (InputStream file = Files.newInputStream(spooled.file())) {
            for (long left = entry.size(); left > 0 && content.failure().isEmpty(); ) {
                int length = file.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
                if (length == 0) {
                    throw new DamagedException("content ends " + left + " bytes early");
                }
                whole.update(buffer, 0, length);
                left -= length;
                mayFly.acquire();
                content.add(buffer, length).whenComplete((written, error) -> mayFly.release());
            }
        }
        Sha256 hash = Sha256.ofDigest(whole.digest());
        if (content.failure().isPresent()) {
            return CompletableFuture.failedFuture(content.failure().get());
        }
        if (!hash.equals(entry.hash())) {
            throw new DamagedException("content has SHA-256 " + hash + "; expected " + entry.hash());
        }
        return content.finish(hash);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    /** What waits is published after the next start. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
