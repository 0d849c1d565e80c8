package io.tftpdc.edge.policy;

import java.net.Inet4Address;
import java.net.InetAddress;

/** The largest blksize for a client for whom no profile says anything. Called on event loops; must not block. */
@FunctionalInterface
public interface BlockSizeCap {

    /**
     * Bytes, 8 to 65464.
     *
     * @param called the local address it called; a wildcard address when the kernel did not tell
     */
    int largestFor(InetAddress client, InetAddress called);

    /** The same for everybody. */
    static BlockSizeCap fixed(int bytes) {
        return (client, called) -> bytes;
    }

    /** What fits into a packet of {@code mtu} bytes: less the headers of IP (without options), UDP (8) and DATA (4). */
    static int withinMtu(int mtu, InetAddress client) {
        int headers = (client instanceof Inet4Address ? 20 : 40) + 8 + 4;
        return Math.clamp((long) mtu - headers, 8, 65464);
    }
}
