package io.tftpdc.edge.udp.ffm;

import static io.tftpdc.edge.udp.UdpBatch.MESSAGES;
import static io.tftpdc.edge.udp.UdpBatch.MESSAGE_BYTES;

import io.tftpdc.edge.udp.Peer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The sending half: messages gathered from pieces of memory. */
final class Outgoing {

    private static final int NAME = 32;
    private static final int CONTROL = 64;
    /** A header and a payload in two places, for every packet of a message. */
    private static final int PIECES_PER_MESSAGE = 3 * io.tftpdc.edge.udp.UdpBatch.SEGMENTS;

    private static final int PIECES = 4096;
    private static final int SCRATCH = 4 << 20;
    private static final int HEADER_BYTES = 4;
    private static final int DATA_OPCODE = 3;

    /** The header of every DATA packet there is: opcode 3 and each block number, high byte first. */
    private static final long HEADERS = headers();

    private final MemorySegment state;
    private final MemorySegment vector;
    private final long vectorAddress;
    private final long names;
    private final long controls;
    private final long pieces;
    private final long scratch;
    private final ByteBuffer scratchView;
    private int messages;
    private int usedPieces;
    private int usedScratch;
    private int lastScratch;
    private long header;
    private long iovLength;
    private int failure;

    private static long headers() {
        MemorySegment table = Arena.global().allocate(65_536L * HEADER_BYTES, 64);
        for (int block = 0; block < 65_536; block++) {
            Structs.putInt(
                    table.address() + (long) block * HEADER_BYTES, Integer.reverseBytes(DATA_OPCODE << 16 | block));
        }
        return table.address();
    }

    Outgoing(Arena arena, MemorySegment state) {
        this.state = state;
        vector = arena.allocate((long) MESSAGES * Structs.MMSGHDR, 64);
        vectorAddress = vector.address();
        names = arena.allocate((long) MESSAGES * NAME, 64).address();
        controls = arena.allocate((long) MESSAGES * CONTROL, 64).address();
        pieces = arena.allocate((long) PIECES * Structs.IOVEC, 64).address();
        MemorySegment copies = arena.allocate(SCRATCH, 64);
        scratch = copies.address();
        scratchView = copies.asByteBuffer();
        for (int i = 0; i < MESSAGES; i++) {
            Structs.putLong(vectorAddress + (long) i * Structs.MMSGHDR + Structs.MSG_NAME, names + (long) i * NAME);
            Structs.putLong(
                    vectorAddress + (long) i * Structs.MMSGHDR + Structs.MSG_CONTROL, controls + (long) i * CONTROL);
        }
    }

    boolean hasRoom() {
        return messages < MESSAGES
                && PIECES - usedPieces >= PIECES_PER_MESSAGE
                && SCRATCH - usedScratch >= MESSAGE_BYTES;
    }

    void begin(Peer to, @Nullable InetAddress source) {
        finishMessage();
        long name = names + (long) messages * NAME;
        Structs.putLong(name, to.word0());
        Structs.putLong(name + 8, to.word1());
        if (to.length() > 16) {
            Structs.putLong(name + 16, to.word2());
            Structs.putInt(name + 24, to.word3());
        }
        header = vectorAddress + (long) messages * Structs.MMSGHDR;
        Structs.putInt(header + Structs.MSG_NAMELEN, to.length());
        Structs.putLong(header + Structs.MSG_IOV, pieces + (long) usedPieces * Structs.IOVEC);
        Structs.putLong(header + Structs.MSG_CONTROLLEN, 0);
        iovLength = 0;
        messages++;
        if (source != null) {
            from(source, to.length() > 16);
        }
    }

    private void from(InetAddress source, boolean ipv6Socket) {
        boolean ipv4 = source instanceof Inet4Address;
        if (ipv4 && !ipv6Socket || ipv4) {
            // An IPv6 socket takes the IPv4 form too when it sends to an IPv4 address.
            long data = control(Structs.IPPROTO_IP, Structs.IP_PKTINFO, Structs.IN_PKTINFO);
            Structs.putInt(data, 0);
            Structs.copy(source.getAddress(), 0, 4, data + Structs.IN_PKTINFO_SOURCE);
            Structs.putInt(data + Structs.IN_PKTINFO_DESTINATION, 0);
        } else {
            long data = control(Structs.IPPROTO_IPV6, Structs.IPV6_PKTINFO, Structs.IN6_PKTINFO);
            Structs.copy(source.getAddress(), 0, 16, data);
            Structs.putInt(data + 16, 0);
        }
    }

    /** Appends a control message and returns the address of its data. */
    private long control(int level, int type, int bytes) {
        long used = Structs.getLong(header + Structs.MSG_CONTROLLEN);
        long control = Structs.getLong(header + Structs.MSG_CONTROL) + used;
        Structs.putLong(control, Structs.CMSG_DATA + (long) bytes);
        Structs.putInt(control + Structs.CMSG_LEVEL, level);
        Structs.putInt(control + Structs.CMSG_TYPE, type);
        Structs.putLong(header + Structs.MSG_CONTROLLEN, used + Structs.CMSG_DATA + ((bytes + 7) & ~7));
        return control + Structs.CMSG_DATA;
    }

    void segments(int bytes) {
        Structs.putShort(control(Structs.SOL_UDP, Structs.UDP_SEGMENT, Short.BYTES), (short) bytes);
    }

    void data(int block, long address, int length) {
        piece(HEADERS + (long) block * HEADER_BYTES, HEADER_BYTES);
        if (length > 0) {
            piece(address, length);
        }
    }

    void piece(long address, int length) {
        long piece = pieces + (long) usedPieces * Structs.IOVEC;
        Structs.putLong(piece, address);
        Structs.putLong(piece + Structs.IOV_LEN, length);
        usedPieces++;
        iovLength++;
    }

    void bytes(ByteBuffer source) {
        int length = source.remaining();
        scratchView.clear().put(usedScratch, source, source.position(), length);
        piece(scratch + usedScratch, length);
        usedScratch += length;
    }

    ByteBuffer scratch(int length) {
        lastScratch = usedScratch;
        usedScratch += length;
        return scratchView.clear().position(lastScratch).limit(lastScratch + length);
    }

    long scratchAddress() {
        return scratch + lastScratch;
    }

    int messages() {
        return messages;
    }

    private void finishMessage() {
        if (messages > 0) {
            Structs.putLong(header + Structs.MSG_IOVLEN, iovLength);
        }
    }

    int flush(int socket, int from) {
        finishMessage();
        int next = from;
        while (next < messages) {
            int sent = Libc.sendmmsg(
                    state, socket, next == 0 ? vector : vector.asSlice((long) next * Structs.MMSGHDR), messages - next);
            if (sent < 0) {
                failure = Libc.errno(state);
                return next;
            }
            next += sent;
        }
        return next;
    }

    int failure() {
        return failure;
    }

    void clear() {
        messages = 0;
        usedPieces = 0;
        usedScratch = 0;
    }
}
