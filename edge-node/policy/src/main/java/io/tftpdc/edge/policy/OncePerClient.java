package io.tftpdc.edge.policy;

import java.time.Duration;

/**
 * What is worth a line in the log: once per client and matter in ten minutes, and no more than a line a second on average
 * whatever happens, so that an operator sees it and nobody fills the disk with it. Of fixed size. Used by one event loop.
 */
final class OncePerClient {
    static final Duration WINDOW = Duration.ofMinutes(10);

    private static final int CLIENTS = 1024;
    private static final Rate LINES = Rate.of(1, Duration.ofMinutes(1));

    private final AddressTable clients;
    private final long[] since = new long[CLIENTS];
    private final int[] matters = new int[CLIENTS];
    private long linesFull;

    /**
     * @param seed anything that strangers do not know
     * @param now monotonic nanoseconds
     */
    OncePerClient(long seed, long now) {
        this.clients = new AddressTable(CLIENTS, seed);
        this.linesFull = now;
    }

    /** @param matter of an enum with at most 32 constants, the same for every call */
    boolean isNews(ClientAddress client, Enum<?> matter, long now) {
        int place = clients.place(client.high(), client.low());
        if (clients.fresh() || now - since[place] >= WINDOW.toNanos()) {
            since[place] = now;
            matters[place] = 0;
        }
        int bit = 1 << matter.ordinal();
        if ((matters[place] & bit) != 0 || !LINES.allows(linesFull, now)) {
            return false;
        }
        matters[place] |= bit;
        linesFull = LINES.taken(linesFull, now);
        return true;
    }
}
