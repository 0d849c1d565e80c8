package io.tftpdc.edge.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.tftpdc.edge.policy.LoopLimits;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Netty's datagram channels. One socket receives all requests and hands each to the event loop of its client.
 *
 * <p>A wildcard address is served by several sockets: one for everything, which with epoll learns from the kernel which
 * IPv4 address a client called, and one for each other local address, whose clients can be answered from it too. Other
 * addresses that appear later are answered from the address that the kernel chooses.
 */
final class ChannelSockets implements ServerSockets {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelSockets.class);
    private static final int TRANSFER_BUFFER_BYTES = 1 << 20;
    /** Beyond this many queued bytes the kernel is not keeping up and packets are dropped. */
    private static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(4 << 20, 8 << 20);

    private final Transport transport;
    private final TftpSettings settings;
    private final List<Channel> listeners = new ArrayList<>();

    ChannelSockets(Transport transport, TftpSettings settings) {
        this.transport = transport;
        this.settings = settings;
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        return transport.ioHandlers();
    }

    @Override
    public OfLoop forLoop(
            IoEventLoop eventLoop,
            LoopTimers timers,
            TransferRegistry registry,
            LoopLimits limits,
            TftpMetrics metrics) {
        return address -> {
            Channel channel;
            try {
                channel = transport.newTransferPort(address.getAddress());
            } catch (ChannelException outOfSockets) {
                throw new IOException(outOfSockets.getMessage(), outOfSockets);
            }
            TransferHandler handler = new TransferHandler(registry, timers, limits, metrics);
            TftpPipeline.assembleTransferPort(channel, handler);
            channel.config().setOption(ChannelOption.SO_RCVBUF, TRANSFER_BUFFER_BYTES);
            int granted = channel.config().getOption(ChannelOption.SO_RCVBUF);
            channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE);
            // On its own loop a datagram channel registers and binds at once.
            ChannelFuture bound = eventLoop.register(channel);
            bound = bound.isSuccess() ? channel.bind(address) : bound;
            if (!bound.isSuccess()) {
                channel.unsafe().closeForcibly();
                throw new IOException("cannot bind " + address, bound.cause());
            }
            ChannelPort port = new ChannelPort(channel, registry, metrics, TransferPorts.transfersIn(granted));
            handler.attach(port);
            return port;
        };
    }

    @Override
    public InetSocketAddress listen(InetSocketAddress wanted, List<Worker> workers) throws IOException {
        if (settings.ports() instanceof PortPolicy.Single) {
            throw new IOException("answering from the port of the request needs Linux and Java 22 or later,"
                    + " with native transport; use a range of ports instead");
        }
        RequestDispatcher dispatcher = new RequestDispatcher(workers);
        Channel channel = open(wanted, dispatcher, workers, false);
        InetSocketAddress bound = (InetSocketAddress) channel.localAddress();
        if (bound.getAddress().isAnyLocalAddress()) {
            openOnEachAddress(channel, bound, dispatcher, workers);
        }
        Integer granted = channel.config().getOption(ChannelOption.SO_RCVBUF);
        if (granted != null) {
            TftpListener.checkReceiveBuffer(settings, granted);
        }
        return bound;
    }

    private Channel open(
            InetSocketAddress address, RequestDispatcher dispatcher, List<Worker> workers, boolean besideWildcard)
            throws IOException {
        Channel channel = transport.newListener(address.getAddress());
        TftpPipeline.assembleListener(channel, dispatcher);
        channel.config().setOption(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes());
        if (besideWildcard) {
            channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        }
        if (address.getAddress().isAnyLocalAddress()) {
            transport.tellDestination(channel);
        }
        IoEventLoop eventLoop = workers.get(listeners.size() % workers.size()).eventLoop();
        ChannelFuture done = eventLoop.register(channel).awaitUninterruptibly();
        if (done.isSuccess()) {
            done = channel.bind(address).awaitUninterruptibly();
        }
        Throwable failure = done.cause();
        if (failure != null) {
            channel.close().awaitUninterruptibly();
            throw failure instanceof IOException asItIs ? asItIs : new IOException(failure.getMessage(), failure);
        }
        listeners.add(channel);
        return channel;
    }

    /** Only sockets bound to one address know for sure which one a client called, where the kernel does not tell. */
    private void openOnEachAddress(
            Channel wildcard, InetSocketAddress bound, RequestDispatcher dispatcher, List<Worker> workers)
            throws IOException {
        // Set only now: were it set before, another server's wildcard socket on this port would go unnoticed.
        wildcard.config().setOption(ChannelOption.SO_REUSEADDR, true);
        boolean both = bound.getAddress() instanceof Inet6Address;
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> both || !(address instanceof Inet6Address))
                .filter(address -> !transport.tellsDestination(address))
                .toList();
        for (InetAddress address : others) {
            try {
                open(new InetSocketAddress(address, bound.getPort()), dispatcher, workers, true);
            } catch (IOException notThisOne) {
                LOG.atInfo()
                        .setMessage("clients of this address may be answered from another one")
                        .addKeyValue("address", address.getHostAddress())
                        .setCause(notThisOne)
                        .log();
            }
        }
    }

    @Override
    public void stopListening() {
        listeners.forEach(channel -> channel.close().awaitUninterruptibly());
        listeners.clear();
    }

    @Override
    public String toString() {
        return transport.toString();
    }
}
