package io.tftpdc.edge.net;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.tftpdc.edge.policy.LoopLimits;
import io.tftpdc.edge.udp.UdpBatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** The sockets of a TFTP server: {@link BatchedSockets} where they can be, {@link ChannelSockets} anywhere. */
interface ServerSockets {

    /** The opener of transfer ports on one event loop, and whatever else its sockets share. */
    interface OfLoop extends TransferPorts.Opener {}

    /** An event loop and the one who answers requests there. */
    record Worker(IoEventLoop eventLoop, RequestHandler requests, TransferPorts ports, OfLoop sockets) {}

    static ServerSockets choose(TftpSettings settings) {
        if (settings.nativeTransport() && Epoll.isAvailable()) {
            return UdpBatch.isAvailable()
                    ? new BatchedSockets(settings)
                    : new ChannelSockets(Transport.EPOLL, settings);
        }
        return new ChannelSockets(Transport.NIO, settings);
    }

    IoHandlerFactory ioHandlers();

    /** Prepares an event loop. */
    OfLoop forLoop(
            IoEventLoop eventLoop,
            LoopTimers timers,
            TransferRegistry registry,
            LoopLimits limits,
            TftpMetrics metrics);

    /**
     * Begins to receive requests.
     *
     * @return the address with the port that was picked where it said 0
     * @throws IOException when the address cannot be bound, as the system says it
     */
    InetSocketAddress listen(InetSocketAddress address, List<Worker> workers) throws IOException;

    /** Stops receiving requests. Blocks; not on an event loop. */
    void stopListening();
}
