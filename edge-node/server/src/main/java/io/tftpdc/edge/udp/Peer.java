package io.tftpdc.edge.udp;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An endpoint as the kernel writes it, a {@code struct sockaddr_in} or {@code sockaddr_in6} in three and a half words, so
 * that a datagram's sender is compared and answered without making an object of it.
 *
 * <pre>
 *          0        2        4            8                16               24       28
 *         ┌────────┬────────┬────────────┬────────────────┬────────────────┬────────┐
 * IPv4    │ family │  port  │  address   │      zero      │
 * IPv6    │ family │  port  │ flow label │     address, 16 bytes           │ scope  │
 *         └────────┴────────┴────────────┴────────────────┴────────────────┴────────┘
 *          └──────────── word0 ─────────┘ └──── word1 ───┘ └──── word2 ───┘ └ word3 ┘
 * </pre>
 *
 * Port and addresses are in network order, words in the machine's.
 *
 * @param length bytes of the structure, 16 or 28
 */
public record Peer(long word0, long word1, long word2, int word3, int length) {

    static final int IPV4_BYTES = 16;
    static final int IPV6_BYTES = 28;
    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final int ADDRESS_BYTES = 16;

    /**
     * @param ipv6 whether the socket is an IPv6 one, on which an IPv4 address is written as {@code ::ffff:a.b.c.d}
     * @throws IllegalArgumentException for an IPv6 endpoint on an IPv4 socket
     */
    public static Peer of(InetSocketAddress endpoint, boolean ipv6) {
        InetAddress address = endpoint.getAddress();
        ByteBuffer bytes = ByteBuffer.allocate(IPV6_BYTES).order(ByteOrder.nativeOrder());
        bytes.putShort(0, ipv6 ? AF_INET6 : AF_INET);
        bytes.put(2, (byte) (endpoint.getPort() >>> 8)).put(3, (byte) endpoint.getPort());
        if (!ipv6) {
            if (!(address instanceof Inet4Address)) {
                throw new IllegalArgumentException(endpoint + " cannot be reached from an IPv4 socket");
            }
            bytes.put(4, address.getAddress());
        } else {
            bytes.put(8, mapped(address));
            bytes.putInt(24, address instanceof Inet6Address scoped ? scoped.getScopeId() : 0);
        }
        return new Peer(
                bytes.getLong(0),
                bytes.getLong(8),
                bytes.getLong(16),
                bytes.getInt(24),
                ipv6 ? IPV6_BYTES : IPV4_BYTES);
    }

    /** An address in 16 bytes, IPv4 as {@code ::ffff:a.b.c.d}. */
    public static byte[] mapped(InetAddress address) {
        byte[] raw = address.getAddress();
        if (raw.length == ADDRESS_BYTES) {
            return raw;
        }
        byte[] mapped = new byte[ADDRESS_BYTES];
        mapped[10] = mapped[11] = (byte) 0xFF;
        System.arraycopy(raw, 0, mapped, 12, raw.length);
        return mapped;
    }
}
