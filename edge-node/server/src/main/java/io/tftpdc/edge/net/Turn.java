package io.tftpdc.edge.net;

import java.util.ArrayDeque;

/**
 * One event loop's work on one batch of datagrams or timers: what sockets have to send meanwhile leaves at its end, so that
 * answers to a batch leave as batches. Used by that event loop.
 */
final class Turn {

    private final ArrayDeque<BatchedSocket> toFlush = new ArrayDeque<>();
    private boolean taking;

    /** Does {@code work}, then flushes. */
    void take(Runnable work) {
        begin();
        try {
            work.run();
        } finally {
            end();
        }
    }

    void begin() {
        taking = true;
    }

    void end() {
        taking = false;
        for (BatchedSocket socket = toFlush.poll(); socket != null; socket = toFlush.poll()) {
            socket.flushNow();
        }
    }

    /** True when {@code socket} will be flushed at the end, and not now. The socket asks only once until then. */
    boolean postpones(BatchedSocket socket) {
        if (taking) {
            toFlush.add(socket);
        }
        return taking;
    }
}
