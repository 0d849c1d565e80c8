package io.tftpdc.edge.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.Inet4Address;
import java.net.InetAddress;

/** How datagrams reach the kernel: epoll where it exists (many datagrams a system call), NIO anywhere. */
enum Transport {
    EPOLL,
    NIO;

    /** Room for any request or acknowledgement. A longer datagram is cut, and then is no valid one. */
    private static final int REQUEST_BYTES = 2048;

    /** Room for any DATA packet of an upload. */
    private static final int TRANSFER_BYTES = 65_536;

    private static final int REQUESTS_PER_READ = 16;
    private static final int TRANSFER_PACKETS_PER_READ = 8;

    static Transport choose(boolean nativeWanted) {
        return nativeWanted && Epoll.isAvailable() ? EPOLL : NIO;
    }

    IoHandlerFactory ioHandlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /** An unregistered datagram channel of the family of {@code local}, for requests; IPv6 ones carry IPv4 too. */
    Channel newListener(InetAddress local) {
        return newChannel(local, REQUEST_BYTES, REQUESTS_PER_READ);
    }

    /** The same for transfers. */
    Channel newTransferPort(InetAddress local) {
        return newChannel(local, TRANSFER_BYTES, TRANSFER_PACKETS_PER_READ);
    }

    private Channel newChannel(InetAddress local, int datagramBytes, int datagramsPerRead) {
        SocketProtocolFamily family =
                local instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
        Channel channel =
                switch (this) {
                    case EPOLL -> new EpollDatagramChannel(family);
                    case NIO -> new NioDatagramChannel(family);
                };
        int datagrams = 1;
        if (this == EPOLL) {
            channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, datagramBytes);
            datagrams = datagramsPerRead;
        }
        channel.config()
                .setOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(datagramBytes * datagrams));
        return channel;
    }

    /** Makes a wildcard channel say for each IPv4 datagram which of our addresses it was sent to, where it can. */
    void tellDestination(Channel channel) {
        if (this == EPOLL) {
            channel.config().setOption(EpollChannelOption.IP_RECVORIGDSTADDR, true);
        }
    }

    /** Whether {@link #tellDestination} works for addresses of this family. */
    boolean tellsDestination(InetAddress address) {
        return this == EPOLL && address instanceof Inet4Address;
    }
}
