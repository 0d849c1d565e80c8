package io.tftpdc.edge.udp;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Opens the sockets that {@link UdpBatch} works on, on Linux. */
public final class UdpSockets {

    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVTIMEO = 20;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int IPPROTO_IP = 0;
    private static final int IP_PKTINFO = 8;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_PMTUDISC_DONT = 0;

    static {
        Epoll.ensureAvailability(); // loads Netty's native library
    }

    private UdpSockets() {}

    /** An unbound non-blocking socket of the family of {@code local}; IPv6 ones carry IPv4 too. */
    public static LinuxSocket open(InetAddress local) {
        return LinuxSocket.newSocketDgram(
                local instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
    }

    /**
     * Asks for buffers of this size, beyond the system's limit where we may (CAP_NET_ADMIN).
     *
     * @return the receive buffer that the kernel granted, in bytes of payload and bookkeeping
     */
    public static int setBuffers(LinuxSocket socket, int receiveBytes, int sendBytes) throws IOException {
        set(socket, SO_RCVBUFFORCE, receiveBytes, () -> socket.setReceiveBufferSize(receiveBytes));
        set(socket, SO_SNDBUFFORCE, sendBytes, () -> socket.setSendBufferSize(sendBytes));
        return socket.getReceiveBufferSize();
    }

    private interface Otherwise {
        void run() throws IOException;
    }

    private static void set(LinuxSocket socket, int forced, int bytes, Otherwise otherwise) throws IOException {
        try {
            socket.setIntOpt(SOL_SOCKET, forced, bytes);
        } catch (IOException | ChannelException notAllowed) {
            otherwise.run();
        }
    }

    /** Makes the kernel say for each datagram which of our addresses it was sent to. */
    public static void tellDestination(LinuxSocket socket, InetAddress local) throws IOException {
        if (local instanceof Inet4Address) {
            socket.setIntOpt(IPPROTO_IP, IP_PKTINFO, 1);
        } else {
            socket.setIntOpt(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        }
    }

    /** Lets the kernel fragment what is larger than the path's MTU, as every TFTP server does. */
    public static void allowFragments(LinuxSocket socket, InetAddress local) throws IOException {
        if (local instanceof Inet4Address) {
            socket.setIntOpt(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
        }
    }

    /** How long {@link UdpBatch#receiveWaiting} waits. */
    public static void waitAtMost(LinuxSocket socket, long micros) throws IOException {
        // struct timeval, two longs on 64-bit systems
        ByteBuffer time = ByteBuffer.allocateDirect(2 * Long.BYTES).order(ByteOrder.nativeOrder());
        time.putLong(micros / MICROS_PER_SECOND)
                .putLong(micros % MICROS_PER_SECOND)
                .flip();
        socket.setRawOpt(SOL_SOCKET, SO_RCVTIMEO, time);
    }

    /** The bound address with its port. */
    public static InetSocketAddress bind(LinuxSocket socket, InetSocketAddress address) throws IOException {
        socket.bind(address);
        return socket.localAddress();
    }
}
