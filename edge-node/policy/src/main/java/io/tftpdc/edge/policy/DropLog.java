package io.tftpdc.edge.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down at which limit the requests of a client, or of a network, are dropped: the client is told nothing, and whole
 * racks may stand behind one address (NAT). How often is {@link OncePerClient}'s matter. Used by one event loop.
 */
final class DropLog {
    private static final Logger LOG = LoggerFactory.getLogger(DropLog.class);

    /** Where the lines go. */
    interface Lines {
        /**
         * @param limit its key in the configuration
         * @param unlogged drops since the last line that were not worth one
         */
        void write(String peer, String limit, long unlogged);
    }

    private final OncePerClient news;
    private final Lines lines;
    private long unlogged;

    /**
     * @param seed anything that strangers do not know
     * @param now monotonic nanoseconds
     */
    DropLog(long seed, long now, Lines lines) {
        this.news = new OncePerClient(seed, now);
        this.lines = lines;
    }

    static boolean isOfClient(Verdict verdict) {
        return verdict == Verdict.CLIENT_TRANSFERS
                || verdict == Verdict.CLIENT_RATE
                || verdict == Verdict.CLIENT_UNANSWERED;
    }

    static boolean isOfSubnet(Verdict verdict) {
        return verdict == Verdict.SUBNET_TRANSFERS
                || verdict == Verdict.SUBNET_RATE
                || verdict == Verdict.SUBNET_UNANSWERED;
    }

    /**
     * Writes a line, or counts a drop that is not worth one.
     *
     * @param client the first address of a network when its limit was met
     */
    void log(ClientAddress client, Verdict verdict, long now) {
        if (!isNews(client, verdict, now)) {
            unlogged++;
            return;
        }
        lines.write(literal(client), key(verdict), unlogged);
        unlogged = 0;
    }

    /** The {@link Lines} of a server that runs. */
    static void toLog(String peer, String limit, long unlogged) {
        LOG.atWarn()
                .addKeyValue("peer", peer)
                .addKeyValue("limit", limit)
                .addKeyValue("unlogged", unlogged)
                .log("A request was dropped at a limit; further ones of this peer at this limit are counted for ten"
                        + " minutes. If many machines stand behind the peer, such as behind a NAT gateway, name it in"
                        + " tftp.limits.exempt or raise the limit");
    }

    boolean isNews(ClientAddress client, Verdict verdict, long now) {
        return news.isNews(client, verdict, now);
    }

    /** What the configuration calls it. */
    static String key(Verdict verdict) {
        return "tftp.limits."
                + switch (verdict) {
                    case CLIENT_TRANSFERS -> "transfers-per-client";
                    case SUBNET_TRANSFERS -> "transfers-per-subnet";
                    case CLIENT_RATE -> "requests-per-client";
                    case SUBNET_RATE -> "requests-per-subnet";
                    case CLIENT_UNANSWERED -> "unanswered-per-client";
                    case SUBNET_UNANSWERED -> "unanswered-per-subnet";
                    case ADMITTED, KNOWN, BUSY, TENANT_TRANSFERS, UNANSWERED, REPEATS, ERROR_RATE ->
                        throw new IllegalArgumentException(verdict + " is no limit of a client or its network");
                };
    }

    static String literal(ClientAddress client) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(client.high())
                .putLong(client.low())
                .array();
        try {
            return InetAddress.getByAddress(bytes).getHostAddress(); // an IPv4 one when the bytes map it
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("16 bytes are an address", impossible);
        }
    }
}
