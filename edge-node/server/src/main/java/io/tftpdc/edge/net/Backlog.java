package io.tftpdc.edge.net;

import java.util.ArrayList;
import java.util.List;

/**
 * The sockets of one event loop, and whether packets wait in them. A timer that fires while its
 * client's ACK lies unread in a socket would send again what has arrived, and the busier the server, the more of that. So
 * before timers fire, what lies there is read. Used by that event loop.
 */
final class Backlog {

    /** Beyond so many ticks in a row timers fire all the same, or a flood of packets would stop them for ever. */
    private static final int MOST_DELAYS = 100;

    private final List<BatchedSocket> sockets = new ArrayList<>();
    private int delays;

    void add(BatchedSocket socket) {
        sockets.add(socket);
    }

    void remove(BatchedSocket socket) {
        sockets.remove(socket);
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
