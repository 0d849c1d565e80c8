package io.tftpdc.edge.udp.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * The structures of {@code recvmmsg} and {@code sendmmsg} on 64-bit Linux, byte by byte.
 *
 * <pre>
 *          0         8          16        24        32         40            48      56        64
 *         ┌─────────┬──────────┬─────────┬─────────┬──────────┬─────────────┬───────┬─────────┐
 * mmsghdr │ msg_name│ namelen  │ msg_iov │ iovlen  │ control  │ controllen  │ flags │ msg_len │
 *         └─────────┴──────────┴─────────┴─────────┴──────────┴─────────────┴───────┴─────────┘
 *          0                    8        16
 *         ┌────────────────────┬─────────┐      ┌──────────┬───────┬──────┬──────────┐
 * iovec   │ iov_base           │ iov_len │ cmsg │ cmsg_len │ level │ type │ data ... │
 *         └────────────────────┴─────────┘      └──────────┴───────┴──────┴──────────┘
 *                                                0          8       12     16
 * </pre>
 */
final class Structs {

    static final int MMSGHDR = 64;
    static final int MSG_NAME = 0;
    static final int MSG_NAMELEN = 8;
    static final int MSG_IOV = 16;
    static final int MSG_IOVLEN = 24;
    static final int MSG_CONTROL = 32;
    static final int MSG_CONTROLLEN = 40;
    static final int MSG_FLAGS = 48;
    static final int MSG_LEN = 56;

    static final int IOVEC = 16;
    static final int IOV_LEN = 8;

    static final int CMSG_LEVEL = 8;
    static final int CMSG_TYPE = 12;
    static final int CMSG_DATA = 16;

    static final int IPPROTO_IP = 0;
    static final int IP_PKTINFO = 8;
    /** {@code struct in_pktinfo}: interface, address to send from, address sent to. */
    static final int IN_PKTINFO = 12;

    static final int IN_PKTINFO_SOURCE = 4;
    static final int IN_PKTINFO_DESTINATION = 8;

    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_PKTINFO = 50;
    /** {@code struct in6_pktinfo}: address, interface. */
    static final int IN6_PKTINFO = 20;

    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;

    /** All of memory, so that a structure can be written wherever it is. */
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Structs() {}

    static byte getByte(long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    static void putShort(long address, short value) {
        ALL.set(JAVA_SHORT_UNALIGNED, address, value);
    }

    static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    static void copy(long from, byte[] into) {
        MemorySegment.copy(ALL, JAVA_BYTE, from, into, 0, into.length);
    }

    static void copy(byte[] from, int offset, int length, long into) {
        MemorySegment.copy(from, offset, ALL, JAVA_BYTE, into, length);
    }
}
