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
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what waits in the {@link Spool}, in the order of acknowledgement, and removes each upload when Kafka has its
 * chunks and its event. Every upload keeps the event id and stamp that it was acknowledged with: one that is published
 * twice, because the node ended before the removal, changes nothing for those who read the events.
 *
 * <p>Small files go together, but never two versions of one file. A file that cannot be read now, or that Kafka refuses
 * for what it is, is passed over, and with it later versions of it, and tried again after a while; the others go on. What
 * Kafka refuses again and again is set aside in the end. For everything else, such as a Kafka that is away or does not let
 * us in, this tries for ever. A thread of its own.
 */
final class SpoolPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolPublisher.class);

    private static final int MOST_TOGETHER = 16;
    private static final int CHUNKS_IN_FLIGHT = 16;

    /**
     * How long is waited before another try.
     *
     * @param shortestMillis after the first try; twice as long after each further one
     * @param longestMillis when nothing can be published
     * @param longestHoldMillis for one upload that is passed over meanwhile
     * @param mostRefusals of one upload by Kafka before it is set aside
     */
    record Patience(long shortestMillis, long longestMillis, long longestHoldMillis, int mostRefusals) {
        /** Ten refusals take three minutes. */
        static final Patience DEFAULT = new Patience(250, 5_000, 60_000, 10);
    }

    private final Spool spool;
    private final RecordWriter kafka;
    private final Consumer<SpoolEntry> whenSetAside;
    private final Patience patience;
    /** By number; of this thread. */
    private final Map<Long, Held> held = new HashMap<>();

    private final Semaphore news = new Semaphore(0);
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Thread thread = new Thread(this::run, "upload-publisher");
    private volatile boolean closing;
    private volatile String problem = "";

    /** Why an upload is passed over for a while. */
    private enum Trouble {
        UNREADABLE("cannot be read from disk"),
        REFUSED("is refused by Kafka");

        private final String words;

        Trouble(String words) {
            this.words = words;
        }
    }

    /** @param tries that failed in this way one after the other */
    private record Held(Trouble trouble, int tries, long untilNanos, String reason) {
        boolean isOver(long now) {
            return now - untilNanos >= 0;
        }
    }

    /** @param whenSetAside told what will not be published, on this publisher's thread */
    SpoolPublisher(Spool spool, RecordWriter kafka, Consumer<SpoolEntry> whenSetAside, Patience patience) {
        this.spool = spool;
        this.kafka = kafka;
        this.whenSetAside = whenSetAside;
        this.patience = patience;
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
        long pause = patience.shortestMillis();
        while (!closing) {
            try {
                List<Spooled> batch = nextBatch();
                if (batch.isEmpty()) {
                    problem = heldProblem();
                    // Held ones come again, and so does what was kept for an upload that had timed out by then.
                    if (news.tryAcquire(pauseForHeld(), TimeUnit.MILLISECONDS)) {
                        news.drainPermits();
                    }
                } else {
                    publish(batch);
                    pause = patience.shortestMillis();
                    problem = heldProblem();
                }
            } catch (InterruptedException | InterruptException e) {
                closing = true; // nobody else interrupts this thread
            } catch (ExecutionException | RuntimeException e) {
                if (closing) {
                    return;
                }
                failures.incrementAndGet();
                String others = heldProblem();
                problem = others.isEmpty() ? reason(e) : reason(e) + "; " + others;
                LOG.atDebug().setCause(e).log("Spooled uploads are not published now, trying again");
                pause(pause);
                pause = Math.min(2 * pause, patience.longestMillis());
            }
        }
    }

    /** The longest run of what waits and is not held in which no file comes twice. */
    private List<Spooled> nextBatch() {
        List<Spooled> batch = new ArrayList<>();
        Set<FileKey> keys = new HashSet<>();
        Set<FileKey> heldKeys = new HashSet<>();
        long now = System.nanoTime();
        long bytes = 0;
        long from = 0;
        for (List<Spooled> page = spool.waiting(from, MOST_TOGETHER);
                !page.isEmpty();
                page = spool.waiting(from, MOST_TOGETHER)) {
            for (Spooled spooled : page) {
                FileKey key = spooled.entry().key();
                Held hold = held.get(spooled.number());
                if (heldKeys.contains(key) || (hold != null && !hold.isOver(now))) {
                    heldKeys.add(key);
                    continue;
                }
                if (batch.size() == MOST_TOGETHER
                        || !keys.add(key)
                        || bytes > (long) CHUNKS_IN_FLIGHT * FileContent.CHUNK_SIZE) {
                    return batch;
                }
                batch.add(spooled);
                bytes += spooled.entry().size();
            }
            from = page.getLast().number() + 1;
        }
        return batch;
    }

    /** @return how often it has failed in this way now */
    private int hold(Spooled spooled, Trouble trouble, Throwable why) {
        Held before = held.get(spooled.number());
        int tries = before == null || before.trouble() != trouble ? 1 : before.tries() + 1;
        long millis = Math.min(patience.longestHoldMillis(), patience.shortestMillis() << Math.min(tries, 10));
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        held.put(spooled.number(), new Held(trouble, tries, until, why.toString()));
        failures.incrementAndGet();
        (tries == 1 ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("file", spooled.file())
                .addKeyValue("filePath", spooled.entry().key())
                .addKeyValue("trouble", trouble.words)
                .setCause(why)
                .log("A spooled upload is passed over for now");
        return tries;
    }

    private String heldProblem() {
        return Stream.of(Trouble.values())
                .flatMap(trouble -> {
                    List<Held> such = held.values().stream()
                            .filter(hold -> hold.trouble() == trouble)
                            .toList();
                    return such.stream()
                            .limit(1)
                            .map(hold -> such.size() + " " + trouble.words + " (" + hold.reason() + ")");
                })
                .collect(Collectors.joining(", "));
    }

    private long pauseForHeld() {
        long now = System.nanoTime();
        long next = held.values().stream()
                .mapToLong(hold -> TimeUnit.NANOSECONDS.toMillis(hold.untilNanos() - now) + 1)
                .min()
                .orElse(patience.longestMillis());
        return Math.clamp(next, 1, patience.longestMillis());
    }

    /** Something of an upload is on its way to Kafka. */
    private record Sent<T>(Spooled spooled, CompletableFuture<T> written) {}

    private void publish(List<Spooled> batch) throws InterruptedException, ExecutionException {
        List<Sent<FileContent>> contents = new ArrayList<>();
        for (Spooled spooled : batch) {
            try {
                contents.add(new Sent<>(spooled, sendChunks(spooled)));
                held.computeIfPresent(
                        spooled.number(), (number, hold) -> hold.trouble() == Trouble.UNREADABLE ? null : hold);
            } catch (DamagedException | NoSuchFileException e) {
                setAside(spooled, e.getMessage() + "; check the disk");
            } catch (ClosedByInterruptException e) {
                throw new InterruptedException("while a spooled upload was read");
            } catch (IOException e) {
                hold(spooled, Trouble.UNREADABLE, e);
            }
        }
        Answers answers = new Answers();
        List<Sent<RecordMetadata>> events = new ArrayList<>();
        for (Sent<FileContent> one : contents) {
            SpoolEntry entry = one.spooled().entry();
            answers.of(one)
                    .ifPresent(content -> events.add(new Sent<>(
                            one.spooled(), kafka.write(Topics.FILE_EVENTS, entry.key(), entry.event(content)))));
        }
        for (Sent<RecordMetadata> one : events) {
            answers.of(one).ifPresent(metadata -> published(one.spooled()));
        }
        answers.throwFailure();
    }

    /**
     * What Kafka says of one batch of uploads. All of it is listened to, whatever the first answer is: a record that
     * shares the producer's batch with one that is refused fails too, and tells nothing of why.
     */
    private final class Answers {
        private @Nullable ExecutionException failure;

        /** What Kafka has confirmed; empty when it has not. */
        <T> Optional<T> of(Sent<T> sent) throws InterruptedException {
            try {
                return Optional.of(sent.written().get());
            } catch (ExecutionException e) {
                if (KafkaLink.refusesForGood(e)) {
                    refused(sent.spooled(), KafkaLink.cause(e));
                } else if (failure == null) {
                    failure = e;
                }
                return Optional.empty();
            }
        }

        /** If there was one that is not about a single upload. */
        void throwFailure() throws ExecutionException {
            ExecutionException first = failure;
            if (first != null) {
                throw first;
            }
        }
    }

    private void refused(Spooled spooled, Throwable why) {
        int refusals = hold(spooled, Trouble.REFUSED, why);
        if (refusals >= patience.mostRefusals()) {
            setAside(
                    spooled,
                    "Kafka refused " + spooled.entry().key() + " " + refusals + " times: " + why
                            + "; have its topic take it, then move the file back to waiting and restart the node");
        }
    }

    private void published(Spooled spooled) {
        published.incrementAndGet();
        held.remove(spooled.number());
        try {
            spool.remove(spooled);
        } catch (IOException e) {
            failures.incrementAndGet();
            LOG.atError()
                    .addKeyValue("file", spooled.file())
                    .setCause(e)
                    .log("An upload that is published cannot be removed from disk; remove it, or it is published"
                            + " again after the next start, which changes nothing");
        }
    }

    private void setAside(Spooled spooled, String reason) {
        held.remove(spooled.number());
        try {
            spool.setAside(spooled, reason);
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue("file", spooled.file())
                    .addKeyValue("reason", reason)
                    .setCause(e)
                    .log(
                            "A spooled upload is damaged or gone and is not published; it cannot be moved to damaged either");
        }
        whenSetAside.accept(spooled.entry());
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
        Throwable cause = KafkaLink.cause(failure);
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
