package io.tftpdc.edge.content;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tftpdc.client.ChunkFetcher;
import io.tftpdc.client.ContentUnavailableException;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.ObjectRange;
import io.tftpdc.event.Sha256;
import io.tftpdc.objects.ObjectStores;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings chunks from Kafka, or else from object stores, into the {@link ContentStore}.
 *
 * <pre>
 *            ┌──────── place not known, Kafka away, disk full: wait ◄───────────┐
 *            ▼                                                                  │
 *  fetch ─► QUEUED ─► a worker reads it at its place ─► checked and kept ─► done │
 *    │                        │ another record lies there (compaction)         │
 *    │                        │   or its topic is gone                         │
 *    │                        ├─► its place has changed meanwhile: read there   │
 *    └─► on disk already:     └─► search its partition, then that of other ─────┘
 *        check it first           content topics, once per place
 * </pre>
 *
 * <p>A chunk that Kafka has no place for, or does not give, and that lies in an object ({@link ObjectFetcher}) is read from
 * there. When the object's store refuses it for good and there is nothing else to ask, whoever waits is told at once.
 *
 * <p>However many ask for a chunk, it is fetched once; each of them waits no longer than it said. What somebody waits
 * for goes before what was asked for ahead of time.
 *
 * <p>What arrives is held until each of those who asked for it pinned has its pin, so that it cannot be evicted again
 * before, however small the quota.
 *
 * <p>{@link #fetch}, {@link #fetchPinned} and {@link #located} never block. Stages complete on the fetcher's threads: what is chained to them
 * must be short.
 */
public final class ContentFetcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ContentFetcher.class);

    private static final Duration ATTEMPT = Duration.ofSeconds(5);
    /** Workers that are idle end at once; those that wait for Kafka are interrupted after this. */
    private static final long PATIENCE_AT_CLOSE_MILLIS = 300;

    /** So long interrupted ones may take to close their connections; they are daemons and touch nothing afterwards. */
    private static final long LAST_PATIENCE_MILLIS = 2_000;

    private static final Duration SCAN_LIMIT = Duration.ofSeconds(30);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    /** Chunks that are not urgent are fetched so many at a time, at most 4 MiB. */
    private static final int BATCH = 8;

    /** How urgent a chunk is. */
    public enum Priority {
        /** A client waits for it. */
        DEMAND,
        /** A client will want it next. */
        READ_AHEAD,
        /** Nobody has asked for it yet. */
        EAGER
    }

    private enum State {
        QUEUED,
        WORKED_ON,
        WAITING
    }

    /** Somebody who waits for a chunk, and what is done for him when it is here. */
    private record Waiter(CompletableFuture<?> future, Runnable arrival) {}

    /** A chunk that somebody wants. All but the hash is guarded by the fetcher's lock. */
    private static final class Wanted {
        final Sha256 hash;
        final long since = System.nanoTime();
        final List<Waiter> waiters = new ArrayList<>();
        Priority priority;
        State state = State.WAITING;
        int attempts;
        String problem = "it was not tried yet";
        /** Where it was looked for in vain, and where in vain with a search through the whole partition. */
        @Nullable
        ContentLocation missedAt;

        @Nullable
        ContentLocation searchedFor;
        /** Objects that it may be read from, of the files that it was asked for of. */
        final Set<ObjectRange> objects = new LinkedHashSet<>();

        Wanted(Sha256 hash, Priority priority) {
            this.hash = hash;
            this.priority = priority;
        }
    }

    /** A cluster, as it is read and as it is searched. */
    private record Source(Map<String, Object> kafka, PartitionScan scan) {
        static Source of(Map<String, ?> kafka) {
            Map<String, Object> settings = new HashMap<>(kafka);
            settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ATTEMPT.toMillis());
            settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ATTEMPT.toMillis());
            return new Source(settings, new PartitionScan(kafka, SCAN_LIMIT));
        }
    }

    private final ContentStore store;
    private final Function<Sha256, Optional<ContentLocation>> places;
    private final ObjectFetcher objects;
    /** Where chunks are read; replaced as a whole, guarded by the lock. */
    private Source source;

    private final List<Thread> workers = new ArrayList<>();
    private final ExecutorService checker = Executors.newSingleThreadExecutor(daemon("content-check"));
    private final ExecutorService searcher = Executors.newSingleThreadExecutor(daemon("content-search"));
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemon("content-timer"));

    private final Map<Sha256, Wanted> wanted = new HashMap<>();
    private final Map<Priority, Deque<Wanted>> queues = new EnumMap<>(Priority.class);
    private boolean closed;

    private @Nullable Counter fetches;
    private @Nullable Counter fetchedBytes;
    private @Nullable Counter retries;
    private @Nullable Counter failures;
    private @Nullable Counter moved;
    private @Nullable Timer duration;

    /**
     * @param places where chunks lie, from memory or local disk
     * @param kafka {@code bootstrap.servers} and whatever else the cluster asks for
     * @param workerCount connections to Kafka that fetch side by side
     */
    public ContentFetcher(
            ContentStore store,
            Function<Sha256, Optional<ContentLocation>> places,
            Map<String, ?> kafka,
            int workerCount) {
        this(store, places, kafka, workerCount, ObjectStores.none());
    }

    /** @param stores of objects; stay the caller's to close, after this */
    public ContentFetcher(
            ContentStore store,
            Function<Sha256, Optional<ContentLocation>> places,
            Map<String, ?> kafka,
            int workerCount,
            ObjectStores stores) {
        this.store = store;
        this.places = places;
        this.objects = new ObjectFetcher(stores);
        this.source = Source.of(kafka);
        timer.setRemoveOnCancelPolicy(true);
        for (Priority priority : Priority.values()) {
            queues.put(priority, new ArrayDeque<>());
        }
        for (int i = 0; i < workerCount; i++) {
            Thread worker = new Thread(this::work, "content-fetch-" + (i + 1));
            worker.setDaemon(true);
            workers.add(worker);
        }
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Registers the meters of fetching; call before {@link #start}. */
    public void bindTo(MeterRegistry meters) {
        fetches = ContentMeters.FETCHES.counter(meters);
        fetchedBytes = ContentMeters.FETCHED.counter(meters);
        retries = ContentMeters.FETCH_RETRIES.counter(meters);
        failures = ContentMeters.FETCH_FAILURES.counter(meters);
        moved = ContentMeters.MOVED.counter(meters);
        duration = ContentMeters.FETCH_DURATION.timer(meters);
        objects.bindTo(meters);
        ContentMeters.WANTED.gauge(meters, this::wantedCount);
    }

    public void start() {
        workers.forEach(Thread::start);
        objects.start();
    }

    /**
     * Reads from another cluster from now on, which {@code places} has to speak of by now. What was being read comes
     * from there too; nobody who waits is told. Does not block.
     */
    public synchronized void follow(Map<String, ?> kafka) {
        source = Source.of(kafka);
        for (Wanted chunk : wanted.values()) {
            chunk.missedAt = null;
            chunk.searchedFor = null;
            if (chunk.state == State.WAITING) {
                enqueue(chunk);
            }
        }
        notifyAll();
    }

    private synchronized Source source() {
        return source;
    }

    /** What object stores do not give. */
    public ObjectTroubles objectTroubles() {
        return objects.troubles();
    }

    /** Chunks that somebody waits for. */
    public synchronized int wantedCount() {
        return wanted.size();
    }

    /**
     * Asks for a chunk to be on disk and checked.
     *
     * @param patience how long to try
     * @return completes when it is; exceptionally with an {@link IOException} that says why not when patience ends
     */
    public CompletableFuture<Void> fetch(Sha256 hash, Priority priority, Duration patience) {
        return fetch(hash, Optional.empty(), priority, patience);
    }

    /** @param object that it may be read from, too */
    public CompletableFuture<Void> fetch(
            Sha256 hash, Optional<ObjectRange> object, Priority priority, Duration patience) {
        if (store.isVerified(hash)) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> here = new CompletableFuture<>();
        await(hash, object, priority, patience, new Waiter(here, () -> here.complete(null)));
        return here;
    }

    /**
     * Asks for a chunk as {@link #fetch} does, and pins it when it is here.
     *
     * @return the pin, which whoever gets it must close
     */
    public CompletableFuture<PinnedChunk> fetchPinned(Sha256 hash, Priority priority, Duration patience) {
        return fetchPinned(hash, Optional.empty(), priority, patience);
    }

    /** @param object that it may be read from, too */
    public CompletableFuture<PinnedChunk> fetchPinned(
            Sha256 hash, Optional<ObjectRange> object, Priority priority, Duration patience) {
        Optional<PinnedChunk> known = store.pin(hash);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        CompletableFuture<PinnedChunk> here = new CompletableFuture<>();
        await(hash, object, priority, patience, new Waiter(here, () -> pinFor(here, hash)));
        return here;
    }

    private void pinFor(CompletableFuture<PinnedChunk> waiter, Sha256 hash) {
        Optional<PinnedChunk> pin = store.pin(hash);
        if (pin.isEmpty()) {
            waiter.completeExceptionally(
                    new IOException("chunk " + hash + " has come but cannot be read from the disk"));
        } else if (!waiter.complete(pin.get())) {
            pin.get().close();
        }
    }

    private void await(Sha256 hash, Optional<ObjectRange> object, Priority priority, Duration patience, Waiter waiter) {
        Wanted chunk;
        boolean check = false;
        boolean hurry = false;
        synchronized (this) {
            if (closed) {
                waiter.future().completeExceptionally(stopping());
                return;
            }
            chunk = wanted.get(hash);
            if (chunk == null) {
                chunk = new Wanted(hash, priority);
                wanted.put(hash, chunk);
                check = store.holds(hash);
                if (check) {
                    chunk.state = State.WORKED_ON;
                } else {
                    enqueue(chunk);
                }
            } else if (priority.compareTo(chunk.priority) < 0) {
                chunk.priority = priority;
                hurry = chunk.state == State.WORKED_ON && !chunk.objects.isEmpty();
                if (chunk.state != State.WORKED_ON) {
                    enqueue(chunk);
                }
            }
            if (object.isPresent() && chunk.objects.add(object.get()) && chunk.state == State.WAITING) {
                enqueue(chunk);
            }
            chunk.waiters.add(waiter);
        }
        if (hurry) {
            objects.hurry(hash, priority);
        }
        Wanted requested = chunk;
        later(() -> expire(requested, waiter, patience), patience.toMillis())
                .ifPresent(expiry -> waiter.future().whenComplete((done, error) -> expiry.cancel(false)));
        if (check) {
            run(checker, () -> check(requested));
        }
    }

    private static IOException stopping() {
        return new IOException("the node is stopping");
    }

    private static void run(ExecutorService executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("Nothing is begun any more, the node is stopping");
        }
    }

    /** The places of these chunks are known now, or have changed: who waits for that need not wait longer. */
    public synchronized void located(List<Sha256> chunks) {
        if (wanted.isEmpty()) {
            return;
        }
        for (Sha256 hash : chunks) {
            Wanted chunk = wanted.get(hash);
            if (chunk != null && chunk.state == State.WAITING) {
                enqueue(chunk);
            }
        }
    }

    private synchronized void enqueue(Wanted chunk) {
        chunk.state = State.QUEUED;
        queueOf(chunk.priority).add(chunk);
        notifyAll();
    }

    private Deque<Wanted> queueOf(Priority priority) {
        Deque<Wanted> queue = queues.get(priority);
        if (queue == null) {
            throw new IllegalStateException("no queue for " + priority);
        }
        return queue;
    }

    private void check(Wanted chunk) {
        try (ContentStore.Hold hold = store.hold(chunk.hash)) {
            if (store.verify(chunk.hash)) {
                arrived(chunk, hold);
            } else {
                enqueue(chunk);
            }
        }
    }

    private void work() {
        while (!isClosed()) {
            try {
                Source from = source();
                ChunkFetcher reader = new ChunkFetcher(from.kafka());
                try {
                    workWith(reader, from);
                } finally {
                    boolean interrupted = Thread.interrupted(); // closing the connection must not be cut short
                    LOG.atTrace().addKeyValue("interrupted", interrupted).log("A content worker disconnects");
                    reader.close();
                }
            } catch (InterruptedException e) {
                LOG.atDebug().log("A content worker ends");
            } catch (KafkaException e) {
                LOG.atWarn().addKeyValue("problem", e.getMessage()).log("Content cannot be fetched, trying again");
                pauseBeforeReconnect();
            }
        }
    }

    private void workWith(ChunkFetcher reader, Source from) throws InterruptedException {
        for (List<Wanted> batch = take(from); !batch.isEmpty(); batch = take(from)) {
            try {
                attempt(reader, batch);
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("Fetching content failed, which is a bug; trying again");
                batch.forEach(chunk -> retry(chunk, "an internal error: " + e.getMessage()));
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void pauseBeforeReconnect() {
        try {
            wait(LONGEST_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            LOG.atTrace().log("The pause was cut short");
        }
    }

    /** The next chunk that a client waits for, or several that are not urgent; empty when the fetcher is closed or follows another cluster. */
    private synchronized List<Wanted> take(Source from) throws InterruptedException {
        List<Wanted> batch = new ArrayList<>();
        while (!closed && from == source && batch.isEmpty()) {
            for (Priority priority : Priority.values()) {
                int limit = priority == Priority.DEMAND ? 1 : BATCH;
                Deque<Wanted> queue = queueOf(priority);
                while (batch.size() < limit && !queue.isEmpty()) {
                    Wanted chunk = queue.removeFirst();
                    // One that was raised to another priority is in two queues; whoever comes first takes it.
                    if (chunk.state == State.QUEUED && wanted.get(chunk.hash) == chunk) {
                        chunk.state = State.WORKED_ON;
                        batch.add(chunk);
                    }
                }
                if (!batch.isEmpty()) {
                    return batch;
                }
            }
            wait();
        }
        return batch;
    }

    private void attempt(ChunkFetcher reader, List<Wanted> batch) {
        Map<Sha256, ContentLocation> at = new HashMap<>();
        List<Wanted> readable = new ArrayList<>();
        for (Wanted chunk : batch) {
            Optional<ContentLocation> place = places.apply(chunk.hash);
            if (arrivedMeanwhile(chunk)) {
                LOG.atTrace().addKeyValue("chunk", chunk.hash).log("Chunk has come already");
            } else if (place.isPresent()) {
                at.put(chunk.hash, place.get());
                readable.add(chunk);
            } else if (!askObjectStore(chunk)) {
                awaitPlace(chunk);
            }
        }
        if (readable.isEmpty()) {
            return;
        }
        Map<Sha256, byte[]> found;
        try {
            found = reader.fetch(at, ATTEMPT);
        } catch (ContentUnavailableException e) {
            failed(readable, at, String.valueOf(e.getMessage()));
            return;
        }
        for (Wanted chunk : readable) {
            byte[] bytes = found.get(chunk.hash);
            ContentLocation place = at.get(chunk.hash);
            if (bytes != null) {
                keepFromKafka(chunk, bytes);
            } else if (place != null) {
                missed(chunk, place);
            }
        }
    }

    /** Kafka is away, or one of the topics is gone for good, so that its chunks have to be looked for elsewhere. */
    private void failed(List<Wanted> chunks, Map<Sha256, ContentLocation> at, String problem) {
        Set<String> topics = at.values().stream().map(ContentLocation::topic).collect(Collectors.toSet());
        Set<String> lost = source().scan().lost(topics);
        for (Wanted chunk : chunks) {
            ContentLocation place = at.get(chunk.hash);
            if (place != null && lost.contains(place.topic())) {
                chunk.missedAt = place; // it will not come back
                missed(chunk, place);
            } else if (!askObjectStore(chunk)) {
                retry(chunk, problem);
            }
        }
    }

    private boolean arrivedMeanwhile(Wanted chunk) {
        try (ContentStore.Hold hold = store.hold(chunk.hash)) {
            boolean here = store.isVerified(chunk.hash);
            if (here) {
                arrived(chunk, hold);
            }
            return here;
        }
    }

    private void keepFromKafka(Wanted chunk, byte[] bytes) {
        count(fetches, 1);
        count(fetchedBytes, bytes.length);
        keep(chunk, bytes);
    }

    private void keep(Wanted chunk, byte[] bytes) {
        try (ContentStore.Hold hold = store.hold(chunk.hash)) {
            store.put(chunk.hash, bytes);
            arrived(chunk, hold);
        } catch (IOException e) {
            retry(chunk, "it cannot be written to the local disk: " + e.getMessage());
        }
    }

    /** Something else lies there. The place may be about to change; if it does not, the partition is searched. */
    private void missed(Wanted chunk, ContentLocation place) {
        count(moved, 1);
        if (askObjectStore(chunk)) {
            return;
        }
        boolean again = place.equals(chunk.missedAt);
        chunk.missedAt = place;
        if (place.equals(chunk.searchedFor)) {
            retry(chunk, nowhere(place));
            return;
        }
        if (!again) {
            retry(
                    chunk,
                    "it is not at its place (" + place.topic() + " partition " + place.partition() + " offset "
                            + place.offset() + ") any more");
            return;
        }
        chunk.searchedFor = place;
        run(searcher, () -> search(chunk, place));
    }

    private void search(Wanted chunk, ContentLocation place) {
        LOG.atInfo()
                .addKeyValue("chunk", chunk.hash)
                .addKeyValue("topic", place.topic())
                .addKeyValue("partition", place.partition())
                .addKeyValue("offset", place.offset())
                .log("Chunk is not at its place, searching the partition");
        try {
            Optional<byte[]> bytes = source().scan().find(chunk.hash, place);
            if (bytes.isPresent()) {
                keepFromKafka(chunk, bytes.get());
            } else {
                retry(chunk, nowhere(place));
            }
        } catch (KafkaException e) {
            chunk.searchedFor = null;
            retry(chunk, "Kafka cannot be searched: " + e.getMessage());
        }
    }

    /** Has the chunk read from the first object that it may lie in; false when there is none. */
    private boolean askObjectStore(Wanted chunk) {
        ObjectRange range;
        Priority priority;
        synchronized (this) {
            if (chunk.objects.isEmpty()) {
                return false;
            }
            range = chunk.objects.iterator().next();
            priority = chunk.priority;
        }
        objects.fetch(range, chunk.hash, priority, new ObjectFetcher.Answer() {
            @Override
            public void arrived(byte[] bytes) {
                keep(chunk, bytes);
            }

            @Override
            public void later(String problem) {
                notNow(chunk, problem);
            }

            @Override
            public void refused(String problem) {
                notFrom(range, chunk, problem);
            }
        });
        return true;
    }

    /** What nobody waits for yet is not tried again here: whoever asked ahead of time does, and has much else to ask for. */
    private void notNow(Wanted chunk, String problem) {
        if (!givenUp(chunk, problem, () -> chunk.priority == Priority.EAGER)) {
            retry(chunk, problem);
        }
    }

    private void notFrom(ObjectRange range, Wanted chunk, String problem) {
        synchronized (this) {
            chunk.objects.remove(range);
        }
        if (places.apply(chunk.hash).isPresent() || !givenUp(chunk, problem, chunk.objects::isEmpty)) {
            retry(chunk, problem);
        }
    }

    /**
     * Tells all who wait that it is of no use, unless somebody has come meanwhile for whom it is.
     *
     * @param hopeless asked with the lock held
     */
    private boolean givenUp(Wanted chunk, String problem, BooleanSupplier hopeless) {
        List<Waiter> waiters;
        synchronized (this) {
            if (!hopeless.getAsBoolean()) {
                return false;
            }
            wanted.remove(chunk.hash, chunk);
            waiters = List.copyOf(chunk.waiters);
            chunk.waiters.clear();
        }
        count(failures, waiters.size());
        waiters.forEach(waiter -> waiter.future()
                .completeExceptionally(new IOException("content is not here and cannot be fetched: " + problem)));
        return true;
    }

    /** Waits for the place; {@link #located} ends that, unless it has come before we began to wait. */
    private void awaitPlace(Wanted chunk) {
        retry(chunk, "its place in Kafka is not known yet");
        if (places.apply(chunk.hash).isPresent()) {
            requeue(chunk);
        }
    }

    private static String nowhere(ContentLocation place) {
        return "it is neither at its place, " + place.topic() + " partition " + place.partition()
                + ", nor in another content topic of the cluster; publish the file again";
    }

    private void retry(Wanted chunk, String problem) {
        count(retries, 1);
        long pause;
        synchronized (this) {
            chunk.problem = problem;
            chunk.state = State.WAITING;
            pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(chunk.attempts, 10));
            chunk.attempts++;
            if (chunk.waiters.isEmpty()) {
                wanted.remove(chunk.hash, chunk);
                return;
            }
        }
        later(() -> requeue(chunk), pause);
    }

    private Optional<Future<?>> later(Runnable task, long delayMillis) {
        try {
            return Optional.of(timer.schedule(task, delayMillis, TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("Nothing is done later, the node is stopping");
            return Optional.empty();
        }
    }

    private synchronized void requeue(Wanted chunk) {
        if (chunk.state == State.WAITING && wanted.get(chunk.hash) == chunk) {
            enqueue(chunk);
        }
    }

    /**
     * Tells all who wait.
     *
     * @param held what keeps the chunk from being evicted until they have been told
     */
    private void arrived(Wanted chunk, ContentStore.Hold held) {
        List<Waiter> waiters;
        synchronized (this) {
            wanted.remove(chunk.hash, chunk);
            waiters = List.copyOf(chunk.waiters);
            chunk.waiters.clear();
        }
        Timer timed = duration;
        if (timed != null) {
            timed.record(System.nanoTime() - chunk.since, TimeUnit.NANOSECONDS);
        }
        waiters.forEach(waiter -> waiter.arrival().run());
    }

    private void expire(Wanted chunk, Waiter waiter, Duration patience) {
        String problem;
        synchronized (this) {
            if (!chunk.waiters.remove(waiter)) {
                return;
            }
            problem = chunk.problem;
            if (chunk.waiters.isEmpty() && chunk.state != State.WORKED_ON) {
                wanted.remove(chunk.hash, chunk);
            }
        }
        count(failures, 1);
        waiter.future()
                .completeExceptionally(new IOException("content is not here and could not be fetched within "
                        + patience.toSeconds() + " s: " + problem));
    }

    private static void count(@Nullable Counter counter, long amount) {
        if (counter != null) {
            counter.increment(amount);
        }
    }

    /** Ends all threads; whoever waits is told so. Idempotent. */
    @Override
    public void close() {
        List<Waiter> waiters = new ArrayList<>();
        synchronized (this) {
            closed = true;
            wanted.values().forEach(chunk -> waiters.addAll(chunk.waiters));
            wanted.clear();
            notifyAll();
        }
        waiters.forEach(waiter -> waiter.future().completeExceptionally(stopping()));
        objects.close();
        timer.shutdownNow();
        checker.shutdownNow();
        searcher.shutdownNow();
        try {
            join(PATIENCE_AT_CLOSE_MILLIS);
            workers.forEach(Thread::interrupt);
            join(LAST_PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the workers' end, so long for all of them together. */
    private void join(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (Thread worker : workers) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            worker.join(Math.max(1, left));
        }
    }
}
