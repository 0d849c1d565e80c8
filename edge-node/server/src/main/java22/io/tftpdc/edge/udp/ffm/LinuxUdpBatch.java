package io.tftpdc.edge.udp.ffm;

import io.tftpdc.edge.udp.Peer;
import io.tftpdc.edge.udp.UdpBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Joins {@link Incoming} and {@link Outgoing}; loaded by name from {@link UdpBatch}. */
public final class LinuxUdpBatch implements UdpBatch {

    private final Arena arena;
    private final Incoming in;
    private final Outgoing out;

    private LinuxUdpBatch(Arena arena) {
        this.arena = arena;
        MemorySegment state = arena.allocate(Libc.STATE);
        in = new Incoming(arena, state);
        out = new Outgoing(arena, state);
    }

    /**
     * True where it returns at all.
     *
     * @throws UnsupportedOperationException on a system that has not what it takes
     * @throws ExceptionInInitializerError where the system calls are not found, or may not be made
     */
    public static boolean isAvailable() {
        requireSystem();
        return Libc.isLinked();
    }

    /** As {@link #isAvailable}, with buffers. */
    public static UdpBatch open() {
        requireSystem();
        // Closed by the garbage collector, so that a view of a slot that outlives an event loop stays harmless.
        return new LinuxUdpBatch(Arena.ofAuto());
    }

    private static void requireSystem() {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.equals("Linux amd64") && !system.equals("Linux aarch64")) {
            throw new UnsupportedOperationException("written for Linux on amd64 and aarch64, this is " + system);
        }
    }

    @Override
    public int receive(int socket) {
        return in.receive(socket, UdpBatch.MESSAGES, Libc.MSG_DONTWAIT);
    }

    @Override
    public boolean allowWaiting(int socket) {
        return Libc.setBlocking(socket) == 0;
    }

    @Override
    public int receiveWaiting(int socket, int atMost) {
        return in.receive(socket, atMost, Libc.MSG_WAITFORONE);
    }

    @Override
    public int length(int i) {
        return in.length(i);
    }

    @Override
    public int head(int i) {
        return in.head(i);
    }

    @Override
    public long word0(int i) {
        return in.word(i, 0);
    }

    @Override
    public long word1(int i) {
        return in.word(i, 1);
    }

    @Override
    public long word2(int i) {
        return in.word(i, 2);
    }

    @Override
    public int word3(int i) {
        return in.word3(i);
    }

    @Override
    public ByteBuffer datagram(int i) {
        return in.datagram(i);
    }

    @Override
    public InetSocketAddress sender(int i) {
        return in.sender(i);
    }

    @Override
    public @Nullable InetAddress destination(int i) {
        return in.destination(i);
    }

    @Override
    public boolean hasRoom() {
        return out.hasRoom();
    }

    @Override
    public void begin(Peer to, @Nullable InetAddress source) {
        out.begin(to, source);
    }

    @Override
    public void data(int block, long address, int length) {
        out.data(block, address, length);
    }

    @Override
    public void more(long address, int length) {
        out.piece(address, length);
    }

    @Override
    public void bytes(ByteBuffer source) {
        out.bytes(source);
    }

    @Override
    public ByteBuffer scratch(int length) {
        return out.scratch(length);
    }

    @Override
    public long scratchAddress() {
        return out.scratchAddress();
    }

    @Override
    public void segments(int bytes) {
        out.segments(bytes);
    }

    @Override
    public int messages() {
        return out.messages();
    }

    @Override
    public int flush(int socket, int from) {
        return out.flush(socket, from);
    }

    @Override
    public int failure() {
        return out.failure();
    }

    @Override
    public void clear() {
        out.clear();
    }

    /** The memory goes when nobody refers to it any more. */
    @Override
    public void close() {}

    /** Keeps the memory alive for as long as this object is used. */
    @Override
    public String toString() {
        return "batched UDP, " + arena.scope();
    }
}
