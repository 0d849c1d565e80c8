package io.tftpdc.edge.policy;

import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes refused names down, so that an operator sees that somebody tries, as often as {@link OncePerClient} finds it
 * worth a line: once per client and reason in ten minutes, and bounded in all. Used by one event loop.
 */
public final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

    private static final int LONGEST_NAME = 100;

    private final OncePerClient news;
    private long unlogged;

    /** @param now monotonic nanoseconds */
    public RefusalLog(long now) {
        this.news = new OncePerClient(now, now);
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
        return news.isNews(ClientAddress.of(client.getAddress()), reason, now);
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
