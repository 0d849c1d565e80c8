package io.tftpdc.edge.net;

import java.util.ArrayList;
import java.util.List;

/**
 * The sockets of one event loop, and whether packets wait in them. A timer that fires while its
 * client's ACK lies unread in a socket would send again what has arrived, and the busier the server, the more of that. So
 * before timers fire, what lies there is read; and requests need not wait for all transfers. Used by that event loop.
 */
final class Backlog {

    /** Beyond so many ticks in a row timers fire all the same, or a flood of packets would stop them for ever. */
    private static final int MOST_DELAYS = 100;

    /** How long requests may wait for the transfers of a busy loop, in nanoseconds. */
    private static final long REQUESTS_WAIT = 500_000;

    private final List<BatchedSocket> sockets = new ArrayList<>();
    private final List<BatchedSocket> listeners = new ArrayList<>();
    private final LoneClient loneClient = new LoneClient();
    private long listenersReadAt;
    private int delays;
    private int sessions;

    void add(BatchedSocket socket, boolean listens) {
        sockets.add(socket);
        if (listens) {
            listeners.add(socket);
        }
    }

    void remove(BatchedSocket socket) {
        sockets.remove(socket);
        listeners.remove(socket);
    }

    void sessionsChanged(int by) {
        sessions += by;
    }

    LoneClient loneClient() {
        return loneClient;
    }

    boolean isAlone(long nowNanos) {
        return loneClient.isAlone(sessions, nowNanos);
    }

    /**
     * To be called between the batches of transfers: reads requests when none were read for a while. In a boot storm a
     * loop has a batch to send on every socket, and the first answer to a client matters more than the next window.
     */
    void requestsBetween(long nowNanos) {
        if (nowNanos - listenersReadAt > REQUESTS_WAIT) {
            listenersReadAt = nowNanos;
            for (int i = 0; i < listeners.size(); i++) {
                listeners.get(i).receive();
            }
        }
    }

    /** Reads a batch from every socket; false when there is more. */
    boolean drain() {
        boolean more = false;
        for (int i = 0; i < sockets.size(); i++) {
            more |= sockets.get(i).receiveOnce();
        }
        delays = more && delays < MOST_DELAYS ? delays + 1 : 0;
        return delays == 0;
    }
}
