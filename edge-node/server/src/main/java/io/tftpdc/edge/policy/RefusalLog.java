package io.tftpdc.edge.policy;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes refused names down, once per client and reason in ten minutes, and no more than a line a second on average
 * whatever happens: an operator sees that somebody tries, and nobody fills the disk with it. Used by one event loop.
 */
public final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

    static final Duration WINDOW = Duration.ofMinutes(10);

    private static final int CLIENTS = 1024;
    private static final int LONGEST_NAME = 100;
    private static final Rate LINES = Rate.of(1, Duration.ofMinutes(1));

    private final AddressTable clients;
    private final long[] since = new long[CLIENTS];
    private final int[] reasons = new int[CLIENTS];
    private long linesFull;
    private long unlogged;

    /** @param now monotonic nanoseconds */
    public RefusalLog(long now) {
        this.clients = new AddressTable(CLIENTS, now);
        this.linesFull = now;
    }

    /** Writes a line, or counts one that is not worth it. */
    public void log(InetSocketAddress client, Refused refused, String name, long now) {
        if (!isNews(client, refused.reason(), now)) {
            unlogged++;
            return;
        }
        LOG.atWarn()
                .addKeyValue("peer", client)
                .addKeyValue("reason", refused.reason().label())
                .addKeyValue("name", printable(name))
                .addKeyValue("unlogged", unlogged)
                .log("A name was refused; further ones of this client for this reason are counted for ten minutes");
        unlogged = 0;
    }

    boolean isNews(InetSocketAddress client, Refusal reason, long now) {
        ClientAddress address = ClientAddress.of(client.getAddress());
        int place = clients.place(address.high(), address.low());
        if (clients.fresh() || now - since[place] >= WINDOW.toNanos()) {
            since[place] = now;
            reasons[place] = 0;
        }
        int bit = 1 << reason.ordinal();
        if ((reasons[place] & bit) != 0 || !LINES.allows(linesFull, now)) {
            return false;
        }
        reasons[place] |= bit;
        linesFull = LINES.taken(linesFull, now);
        return true;
    }

    /** Without what could forge a line or confuse a terminal. */
    static String printable(String name) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length() && i < LONGEST_NAME; i++) {
            char c = name.charAt(i);
            text.append(c < ' ' || c > '~' ? '?' : c);
        }
        return name.length() > LONGEST_NAME ? text.append("...").toString() : text.toString();
    }
}
