package io.tftpdc.edge.upload;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they came, on whichever thread of a pool is free: what one task
 * wrote the next one sees. Thread-safe.
 */
final class SerialExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    private final Executor pool;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    SerialExecutor(Executor pool) {
        this.pool = pool;
    }

    /** What comes when the pool has been shut down is dropped: the node is stopping. */
    @Override
    public void execute(Runnable task) {
        synchronized (waiting) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        try {
            pool.execute(this::runOne);
        } catch (RejectedExecutionException stopping) {
            LOG.atDebug().log("A step of an upload comes after the end");
        }
    }

    /** One task at a time, so that no upload keeps a thread from the others. */
    private void runOne() {
        while (runNext()) {
            try {
                pool.execute(this::runOne);
                return;
            } catch (RejectedExecutionException stopping) {
                LOG.atTrace().log("The pool takes no more, so what is left of this upload is done here");
            }
        }
    }

    /** Whether there is another one after it. */
    private boolean runNext() {
        Runnable task;
        synchronized (waiting) {
            task = waiting.remove();
        }
        try {
            task.run();
        } catch (RuntimeException | Error failure) {
            LOG.atError().setCause(failure).log("A step of an upload failed, which is a bug");
        }
        synchronized (waiting) {
            running = !waiting.isEmpty();
            return running;
        }
    }
}
