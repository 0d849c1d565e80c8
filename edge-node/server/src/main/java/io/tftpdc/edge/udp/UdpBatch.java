package io.tftpdc.edge.udp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one event loop for receiving and sending many datagrams at once, on whichever of its sockets has some.
 * Nothing here allocates but where it says so. Used by one thread.
 *
 * <p><b>Receiving.</b> {@link #receive} fills slots 0 to n - 1; the accessors below read them until the next call.
 *
 * <p><b>Sending.</b> {@link #begin} starts a message, {@link #data} and {@link #bytes} append to it, {@link #segments}
 * lets the kernel cut it into packets (UDP_SEGMENT, Linux 4.18), {@link #flush} hands all messages to the kernel. Memory
 * given by address is read only by {@code flush}, and must stay where it is until then.
 */
public interface UdpBatch extends AutoCloseable {

    /** Most datagrams of a {@link #receive}, and most messages of a {@link #flush}. */
    int MESSAGES = 64;

    /** Most packets that the kernel cuts a message into (UDP_MAX_SEGMENTS of older kernels). */
    int SEGMENTS = 64;

    /** Most bytes of a message, whether it is cut or not: an IPv4 datagram's. */
    int MESSAGE_BYTES = 65_507;

    /** What {@link #failure} says when the socket's buffer is full. */
    int WOULD_BLOCK = 11;

    /**
     * Whether {@link #create} gives any: on Linux on x86_64 or aarch64, with Java 22 or later, native access allowed.
     * Allocates no buffers.
     */
    static boolean isAvailable() {
        return ForeignClasses.call("LinuxUdpBatch", "isAvailable", Boolean.class)
                .orElse(false);
    }

    /** Buffers for a new event loop; empty where {@link #isAvailable} says no. */
    static Optional<UdpBatch> create() {
        return ForeignClasses.call("LinuxUdpBatch", "open", UdpBatch.class);
    }

    /**
     * Receives what is waiting, without blocking.
     *
     * @return datagrams received, 0 when none waits or the call failed
     */
    int receive(int socket);

    /** Allows {@link #receiveWaiting} on a socket; false when the system does not. Nothing else here ever waits. */
    boolean allowWaiting(int socket);

    /**
     * The same, but waits for the first datagram, as long as {@link UdpSockets#waitAtMost} says.
     *
     * @param atMost so many datagrams, up to {@link #MESSAGES}
     * @return datagrams received, 0 when none came
     */
    int receiveWaiting(int socket, int atMost);

    /** Bytes of datagram {@code i}. */
    int length(int i);

    /** Its first four bytes, high byte first: opcode and block number. -1 when it is shorter. */
    int head(int i);

    long word0(int i);

    long word1(int i);

    long word2(int i);

    int word3(int i);

    /** All of its bytes, in a view that is the same object for every datagram of this slot. */
    ByteBuffer datagram(int i);

    /** Where it came from. Allocates. */
    InetSocketAddress sender(int i);

    /** Which of our addresses it was sent to; null unless {@link UdpSockets#tellDestination} was called. Allocates. */
    @Nullable
    InetAddress destination(int i);

    /** Whether another message, of the largest size, may be begun. */
    boolean hasRoom();

    /**
     * Begins a message.
     *
     * @param source our address that it shall come from; null for the socket's own
     */
    void begin(Peer to, @Nullable InetAddress source);

    /** Appends a DATA header and a payload of {@code length} bytes at {@code address}, which stays where it is. */
    void data(int block, long address, int length);

    /** Appends further bytes at {@code address} to the payload, when it lies in two places. */
    void more(long address, int length);

    /** Appends a copy of the bytes between position and limit, at most {@link #MESSAGE_BYTES} in all. */
    void bytes(ByteBuffer source);

    /**
     * Room for a payload that has no address: a direct buffer with {@code length} bytes left, whose memory lives until
     * {@code flush}. The same object every time.
     */
    ByteBuffer scratch(int length);

    /** The address of the first byte of what {@link #scratch} gave last. */
    long scratchAddress();

    /** The message is cut into packets of {@code bytes}, the last perhaps shorter. */
    void segments(int bytes);

    /** Messages begun since the last {@code flush}. */
    int messages();

    /**
     * Sends the messages from number {@code from} on; when it is stopped {@link #failure} says by what, and the caller
     * may go on at that message or behind it.
     *
     * @return the number of the first message that was not sent; {@link #messages} when all were
     */
    int flush(int socket, int from);

    /** The error number of the last {@code flush} that did not send everything. */
    int failure();

    /** Forgets all messages. */
    void clear();

    @Override
    void close();
}
