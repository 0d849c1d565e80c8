package io.tftpdc.edge.content;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.edge.index.FileIndexView;
import io.tftpdc.edge.index.IndexListener;
import io.tftpdc.edge.index.IndexStoreException;
import io.tftpdc.edge.policy.Placement;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the content that {@link Placement} wants here ahead of time. Two sources of work:
 *
 * <ul>
 *   <li><b>Changes.</b> A file that is published has its missing chunks fetched at once; if need be, older content goes.
 *   <li><b>Passes</b> over the whole index at start, and whenever more changed at once than is remembered. A pass fills
 *       what room there is and drops nothing, so that a quota smaller than the content does not make it run in circles.
 * </ul>
 *
 * <p>Work in flight is bounded, and so is what is remembered, whatever the size of the index.
 */
public final class EagerPlanner implements IndexListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EagerPlanner.class);

    private static final int MAX_CHANGES = 10_000;
    private static final int MAX_FAILED = 10_000;
    private static final int MAX_IN_FLIGHT = 256;
    private static final int PAGE = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration RETRY = Duration.ofSeconds(15);
    private static final long CLOSE_MILLIS = 2_000;

    private final FileIndexView index;
    private final ContentStore store;
    private final ContentFetcher fetcher;
    private volatile Placement placement;
    private final BlockingQueue<FileKey> changes = new ArrayBlockingQueue<>(MAX_CHANGES);
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
    private final AtomicInteger pending = new AtomicInteger();
    private final Set<FileKey> failed = new LinkedHashSet<>();
    private final Thread thread = new Thread(this::run, "content-eager");
    private volatile boolean passDue = true;
    private volatile boolean passing;

    public EagerPlanner(FileIndexView index, ContentStore store, ContentFetcher fetcher, Placement placement) {
        this.index = index;
        this.store = store;
        this.fetcher = fetcher;
        this.placement = placement;
    }

    /** What is still to be done. */
    public record Backlog(int pendingFiles, int failedFiles, boolean passing) {

        /** Whether all that is to be here is here, except for what did not fit. */
        public boolean isEmpty() {
            return pendingFiles == 0 && failedFiles == 0 && !passing;
        }
    }

    public Backlog backlog() {
        int failures;
        synchronized (failed) {
            failures = failed.size();
        }
        return new Backlog(pending.get() + changes.size(), failures, passing || passDue);
    }

    public void bindTo(MeterRegistry meters) {
        ContentMeters.EAGER_PENDING.gauge(meters, () -> backlog().pendingFiles());
    }

    public void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Other rules from now on; what they want here that is not here yet is fetched. Any thread. */
    public void use(Placement rules) {
        if (!rules.sameAs(placement)) {
            placement = rules;
            passDue = true;
        }
    }

    @Override
    public boolean concerns(FileIndexEntry entry) {
        return placement.isEager(entry);
    }

    @Override
    public void changed(List<FileKey> files) {
        for (FileKey file : files) {
            if (!changes.offer(file)) {
                passDue = true;
            }
        }
    }

    @Override
    public void located(List<Sha256> chunks) {
        fetcher.located(chunks);
    }

    private void run() {
        long retryAt = System.nanoTime() + RETRY.toNanos();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                FileKey changed = changes.poll(200, TimeUnit.MILLISECONDS);
                if (changed != null) {
                    replan(changed);
                } else if (passDue) {
                    pass();
                } else if (System.nanoTime() - retryAt > 0) {
                    for (FileKey key : takeFailed()) {
                        replan(key);
                    }
                    retryAt = System.nanoTime() + RETRY.toNanos();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IndexStoreException e) {
                LOG.atWarn().setCause(e).log("Content cannot be planned ahead, going over the index again");
                passDue = true;
            }
        }
    }

    private void replan(FileKey key) throws InterruptedException {
        Optional<FileIndexEntry> entry = index.find(key);
        if (entry.isPresent() && placement.isEager(entry.get())) {
            plan(entry.get());
        }
    }

    private void pass() throws InterruptedException {
        passing = true;
        passDue = false;
        long planned = 0;
        long withoutRoom = 0;
        Optional<FileKey> after = Optional.empty();
        for (List<FileIndexEntry> page = index.page(after, PAGE); !page.isEmpty(); page = index.page(after, PAGE)) {
            for (FileIndexEntry entry : page) {
                if (placement.isEager(entry) && !isHere(entry)) {
                    boolean room = entry.current()
                            .map(version -> store.hasRoom(version.content().size()))
                            .orElse(true);
                    planned += room ? 1 : 0;
                    withoutRoom += room ? 0 : 1;
                    if (room) {
                        plan(entry);
                    }
                }
            }
            after = Optional.of(page.getLast().key());
            // Who publishes meanwhile does not wait for the end of the pass.
            for (FileKey changed = changes.poll(); changed != null; changed = changes.poll()) {
                replan(changed);
            }
        }
        passing = false;
        if (planned + withoutRoom > 0) {
            LOG.atInfo()
                    .addKeyValue("files", planned)
                    .addKeyValue("withoutRoom", withoutRoom)
                    .log("Went over the index for content to fetch ahead of time");
        }
    }

    /** Whether the content is on disk; a manifest counts as the chunks that it lists once they were fetched with it. */
    private boolean isHere(FileIndexEntry entry) {
        return entry.current().map(FileRevision.Published::content).stream().allMatch(this::isHere);
    }

    /** Whether all chunks of a content are on disk. Any thread; for large content it reads the manifests. */
    public boolean isHere(FileContent content) {
        return switch (content.chunks()) {
            case FileContent.Inline inline -> inline.hashes().stream().allMatch(store::holds);
            case FileContent.Manifest manifest ->
                manifest.hashes().stream()
                        .allMatch(list ->
                                listed(list).stream().flatMap(List::stream).allMatch(store::holds)
                                        && store.isVerified(list));
        };
    }

    private void plan(FileIndexEntry entry) throws InterruptedException {
        Optional<FileContent> content = entry.current().map(FileRevision.Published::content);
        if (content.isEmpty()) {
            return;
        }
        pending.incrementAndGet();
        FileTask task = new FileTask(entry.key());
        try {
            switch (content.get().chunks()) {
                case FileContent.Inline inline -> request(task, content.get(), 0, inline.hashes());
                case FileContent.Manifest manifest -> {
                    long first = 0;
                    for (Sha256 list : manifest.hashes()) {
                        List<Sha256> chunks = fetchedList(list);
                        request(task, content.get(), first, chunks);
                        first += chunks.size();
                    }
                }
            }
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("file", entry.key()).setCause(e).log("Manifest cannot be fetched yet");
            task.failed = true;
        }
        task.finishedOne();
    }

    private List<Sha256> fetchedList(Sha256 manifest) throws IOException, InterruptedException {
        try {
            return hashesIn(fetcher.fetchPinned(manifest, ContentFetcher.Priority.EAGER, PATIENCE)
                    .get());
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private Optional<List<Sha256>> listed(Sha256 manifest) {
        return store.pin(manifest).map(EagerPlanner::hashesIn);
    }

    private static List<Sha256> hashesIn(PinnedChunk manifest) {
        try (manifest) {
            ByteBuffer bytes = ByteBuffer.allocate(manifest.size());
            manifest.read(0, bytes);
            bytes.flip();
            List<Sha256> hashes = new ArrayList<>();
            while (bytes.remaining() >= Sha256.BYTES) {
                hashes.add(Sha256.read(bytes));
            }
            return hashes;
        }
    }

    /** @param first index of the first of these chunks in the content */
    private void request(FileTask task, FileContent content, long first, List<Sha256> chunks)
            throws InterruptedException {
        for (int i = 0; i < chunks.size(); i++) {
            Sha256 chunk = chunks.get(i);
            // One that was found at start is left unchecked until somebody wants it.
            if (!store.holds(chunk)) {
                inFlight.acquire();
                task.open.incrementAndGet();
                CompletableFuture<Void> arrival =
                        fetcher.fetch(chunk, content.rangeOf(first + i), ContentFetcher.Priority.EAGER, PATIENCE);
                arrival.whenComplete((here, error) -> {
                    inFlight.release();
                    if (error != null) {
                        task.failed = true;
                    }
                    task.finishedOne();
                });
            }
        }
    }

    /** Counts a file's open chunks, and one for the planning itself. */
    private final class FileTask {
        private final FileKey key;
        private final AtomicInteger open = new AtomicInteger(1);
        private volatile boolean failed;

        FileTask(FileKey key) {
            this.key = key;
        }

        void finishedOne() {
            if (open.decrementAndGet() == 0) {
                pending.decrementAndGet();
                if (failed) {
                    remember(key);
                }
            }
        }
    }

    private void remember(FileKey key) {
        synchronized (failed) {
            if (failed.size() < MAX_FAILED) {
                failed.add(key);
            } else {
                passDue = true;
            }
        }
    }

    private List<FileKey> takeFailed() {
        synchronized (failed) {
            List<FileKey> taken = List.copyOf(failed);
            failed.clear();
            return taken;
        }
    }

    /** Plans nothing any more. Close the fetcher first, so that nothing is waited for. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
