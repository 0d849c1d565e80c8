package io.tftpdc.edge.content;

import io.tftpdc.edge.content.ContentFetcher.Priority;
import io.tftpdc.event.Sha256;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The reads that wait for one object store, and the few threads that carry them out: what a client waits for first. A
 * store that is slow or away holds up nobody but those who want something of it.
 */
final class ObjectLane implements AutoCloseable {
    private static final long CLOSE_MILLIS = 500;

    /** A read; {@code run} blocks until the store has answered. */
    interface Read {
        Sha256 chunk();

        void run();
    }

    /** Reads by priority; one that was raised to another priority is in two queues, and whoever comes first takes it. */
    private final Map<Priority, Deque<Read>> queues = new EnumMap<>(Priority.class);

    private final Map<Sha256, Read> waiting = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean closed;

    ObjectLane(String store, int connections) {
        for (Priority priority : Priority.values()) {
            queues.put(priority, new ArrayDeque<>());
        }
        for (int i = 1; i <= connections; i++) {
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .name("object-" + store + "-" + i)
                    .unstarted(this::work));
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    synchronized void add(Read read, Priority priority) {
        if (!closed) {
            waiting.put(read.chunk(), read);
            enqueue(read, priority);
        }
    }

    /** Somebody waits for it now. */
    synchronized void hurry(Sha256 chunk, Priority priority) {
        Read read = waiting.get(chunk);
        if (read != null) {
            enqueue(read, priority);
        }
    }

    private void enqueue(Read read, Priority priority) {
        Deque<Read> queue = queues.get(priority);
        if (queue == null) {
            throw new IllegalStateException("no queue for " + priority);
        }
        queue.add(read);
        notifyAll();
    }

    private void work() {
        try {
            for (Optional<Read> read = take(); read.isPresent(); read = take()) {
                read.get().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Optional<Read> take() throws InterruptedException {
        while (!closed) {
            for (Deque<Read> queue : queues.values()) {
                for (Read read = queue.poll(); read != null; read = queue.poll()) {
                    if (waiting.remove(read.chunk(), read)) {
                        return Optional.of(read);
                    }
                }
            }
            wait();
        }
        return Optional.empty();
    }

    /** Reads that are running are cut off; the others never begin. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            waiting.clear();
            notifyAll();
        }
        threads.forEach(Thread::interrupt);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
