package io.tftpdc.edge.udp.ffm;

import static io.tftpdc.edge.udp.UdpBatch.MESSAGES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The receiving half: a slot for each datagram, with its sender and what the kernel says about it. */
final class Incoming {

    /** Any datagram fits. The odd part keeps the slots from falling on the same lines of the processor's cache. */
    private static final int SLOT = 65_536 + 192;

    private static final int NAME = 32;
    private static final int CONTROL = 64;
    private static final short AF_INET6 = 10;

    private final MemorySegment state;
    private final MemorySegment vector;
    private final long vectorAddress;
    private final long names;
    private final long slots;
    private final long controls;
    private final ByteBuffer[] views = new ByteBuffer[MESSAGES];

    Incoming(Arena arena, MemorySegment state) {
        this.state = state;
        vector = arena.allocate((long) MESSAGES * Structs.MMSGHDR, 64);
        vectorAddress = vector.address();
        MemorySegment data = arena.allocate((long) MESSAGES * SLOT, 64);
        slots = data.address();
        names = arena.allocate((long) MESSAGES * NAME, 64).address();
        controls = arena.allocate((long) MESSAGES * CONTROL, 64).address();
        long iovecs = arena.allocate((long) MESSAGES * Structs.IOVEC, 64).address();
        for (int i = 0; i < MESSAGES; i++) {
            views[i] = data.asSlice((long) i * SLOT, SLOT).asByteBuffer();
            long iovec = iovecs + (long) i * Structs.IOVEC;
            Structs.putLong(iovec, slots + (long) i * SLOT);
            Structs.putLong(iovec + Structs.IOV_LEN, SLOT);
            long header = header(i);
            Structs.putLong(header + Structs.MSG_NAME, names + (long) i * NAME);
            Structs.putInt(header + Structs.MSG_NAMELEN, NAME);
            Structs.putLong(header + Structs.MSG_IOV, iovec);
            Structs.putLong(header + Structs.MSG_IOVLEN, 1);
            Structs.putLong(header + Structs.MSG_CONTROL, controls + (long) i * CONTROL);
            Structs.putLong(header + Structs.MSG_CONTROLLEN, CONTROL);
        }
    }

    private long header(int i) {
        return vectorAddress + (long) i * Structs.MMSGHDR;
    }

    int receive(int socket, int atMost, int flags) {
        int received = Math.max(0, Libc.recvmmsg(state, socket, vector, atMost, flags));
        for (int i = 0; i < received; i++) {
            clearBehindName(i);
        }
        return received;
    }

    /** What the last user of the slot left behind a shorter address, and the lengths that the kernel has overwritten. */
    private void clearBehindName(int i) {
        long header = header(i);
        if (Structs.getInt(header + Structs.MSG_NAMELEN) <= 16) {
            long name = names + (long) i * NAME;
            Structs.putLong(name + 16, 0);
            Structs.putInt(name + 24, 0);
        }
        Structs.putInt(header + Structs.MSG_NAMELEN, NAME);
        controlLengths[i] = (int) Structs.getLong(header + Structs.MSG_CONTROLLEN);
        Structs.putLong(header + Structs.MSG_CONTROLLEN, CONTROL);
    }

    private final int[] controlLengths = new int[MESSAGES];

    int length(int i) {
        return Structs.getInt(header(i) + Structs.MSG_LEN);
    }

    int head(int i) {
        return length(i) < 4 ? -1 : Integer.reverseBytes(Structs.getInt(slots + (long) i * SLOT));
    }

    long word(int i, int number) {
        return Structs.getLong(names + (long) i * NAME + number * 8L);
    }

    int word3(int i) {
        return Structs.getInt(names + (long) i * NAME + 24);
    }

    ByteBuffer datagram(int i) {
        return views[i].clear().limit(length(i));
    }

    InetSocketAddress sender(int i) {
        long name = names + (long) i * NAME;
        int port = ((Structs.getByte(name + 2) & 0xFF) << 8) | (Structs.getByte(name + 3) & 0xFF);
        boolean ipv6 = Structs.getByte(name) == AF_INET6;
        byte[] address = new byte[ipv6 ? 16 : 4];
        Structs.copy(name + (ipv6 ? 8 : 4), address);
        return new InetSocketAddress(address(address, ipv6 ? Structs.getInt(name + 24) : 0), port);
    }

    private static InetAddress address(byte[] bytes, int scope) {
        try {
            InetAddress address = InetAddress.getByAddress(bytes); // an IPv4 one in IPv6 clothes becomes an IPv4 one
            return scope != 0 && address instanceof Inet6Address
                    ? Inet6Address.getByAddress(null, bytes, scope)
                    : address;
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Nullable
    InetAddress destination(int i) {
        if (controlLengths[i] < Structs.CMSG_DATA) {
            return null;
        }
        long control = controls + (long) i * CONTROL;
        int level = Structs.getInt(control + Structs.CMSG_LEVEL);
        int type = Structs.getInt(control + Structs.CMSG_TYPE);
        if (level == Structs.IPPROTO_IP && type == Structs.IP_PKTINFO) {
            byte[] address = new byte[4];
            Structs.copy(control + Structs.CMSG_DATA + Structs.IN_PKTINFO_DESTINATION, address);
            return address(address, 0);
        }
        if (level == Structs.IPPROTO_IPV6 && type == Structs.IPV6_PKTINFO) {
            byte[] address = new byte[16];
            Structs.copy(control + Structs.CMSG_DATA, address);
            boolean linkLocal = address[0] == (byte) 0xFE && (address[1] & 0xC0) == 0x80;
            return address(address, linkLocal ? Structs.getInt(control + Structs.CMSG_DATA + 16) : 0);
        }
        return null;
    }

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("written for little-endian machines");
        }
    }
}
