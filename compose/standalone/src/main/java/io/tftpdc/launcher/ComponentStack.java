package io.tftpdc.launcher;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been started, closed in the reverse order. Starting stops for good once {@link #close()} was called, which
 * another thread may do at any time (Ctrl-C during the start): it interrupts the start and waits for it.
 */
final class ComponentStack implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ComponentStack.class);
    private static final long INTERRUPTED_WITHIN_MILLIS = 5_000;

    private final Deque<Component> started = new ArrayDeque<>();
    private @Nullable Thread starting;
    private boolean closed;

    /** Starts it on top of the others; also when that fails it stays there to be closed. */
    void start(Component component) throws Exception {
        synchronized (this) {
            if (closed) {
                throw new LaunchException("Stopped before the " + component.name() + " was started");
            }
            started.push(component);
            starting = Thread.currentThread();
        }
        try {
            component.start();
        } finally {
            synchronized (this) {
                starting = null;
                notifyAll();
            }
        }
    }

    /** Whether {@link #close()} was called, after which a failing start is no news. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** Closes everything that was started, the last one first. What fails to close is logged. */
    @Override
    public void close() {
        stopStarting();
        for (Component next = pop(); next != null; next = pop()) {
            long begin = System.nanoTime();
            try {
                next.close();
            } catch (RuntimeException e) {
                LOG.atWarn().setCause(e).addKeyValue("component", next.name()).log("Closing failed");
            }
            LOG.atInfo()
                    .addKeyValue("component", next.name())
                    .addKeyValue("millis", (System.nanoTime() - begin) / 1_000_000)
                    .log("Closed");
        }
    }

    private synchronized void stopStarting() {
        closed = true;
        if (starting == null) {
            return;
        }
        starting.interrupt();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(INTERRUPTED_WITHIN_MILLIS);
        try {
            for (long left = INTERRUPTED_WITHIN_MILLIS; starting != null && left > 0; left = millisTo(deadline)) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long millisTo(long deadline) {
        return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }

    private synchronized @Nullable Component pop() {
        return started.poll();
    }
}
