package io.tftpdc.edge.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.tftpdc.tftp.transfer.TransferId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets that answers come from: a few per local address, each on a port of its own that is never the listener's.
 *
 * <p>Opening a socket for every transfer costs more than serving a small file, so transfers share them. RFC 1350 wants a
 * fresh pair of endpoints for each transfer; a client endpoint is therefore never given a port on which it still has a
 * running or dallying transfer. Binding to the address that the client called is what makes answers come from it, even
 * when the host has others. Used by one event loop.
 */
final class TransferPorts {

    /** Sockets per local address and event loop; only a client with as many transfers at once needs so many. */
    static final int MOST_PORTS = 256;

    private static final Logger LOG = LoggerFactory.getLogger(TransferPorts.class);
    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
    /** Beyond this many queued bytes the kernel is not keeping up and packets are dropped. */
    private static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(4 << 20, 8 << 20);

    private final EventLoop loop;
    private final Transport transport;
    private final int usualPorts;
    private final TransferRegistry registry;
    private final LoopTimers timers;
    private final TftpMetrics metrics;
    private final Map<InetAddress, List<TransferPort>> portsByAddress = new HashMap<>();
    private int turn;

    TransferPorts(
            EventLoop loop,
            Transport transport,
            int usualPorts,
            TransferRegistry registry,
            LoopTimers timers,
            TftpMetrics metrics) {
        this.loop = loop;
        this.transport = transport;
        this.usualPorts = usualPorts;
        this.registry = registry;
        this.timers = timers;
        this.metrics = metrics;
    }

    /**
     * A port of {@code called} that is free for {@code client}; empty when there is none to be had, or when
     * {@code called} is a broadcast or multicast address, which is to be ignored (RFC 1123 section 4.2.3.4).
     */
    Optional<TransferPort> portFor(InetSocketAddress client, InetAddress called) {
        List<TransferPort> ports = portsByAddress.get(called);
        if (ports == null) {
            if (isForMany(called)) {
                return Optional.empty();
            }
            ports = new ArrayList<>();
            portsByAddress.put(called, ports);
        }
        if (ports.size() >= usualPorts) {
            long now = timers.nanos();
            for (int i = 0; i < ports.size(); i++) {
                TransferPort port = ports.get(Math.floorMod(turn++, ports.size()));
                if (!registry.taken(new TransferId(client, port.local()), now)) {
                    return Optional.of(port);
                }
            }
        }
        return ports.size() < MOST_PORTS ? open(called, ports) : Optional.empty();
    }

    private Optional<TransferPort> open(InetAddress called, List<TransferPort> ports) {
        Channel channel;
        try {
            channel = transport.newChannel(called);
        } catch (ChannelException outOfSockets) {
            LOG.atWarn()
                    .setMessage("cannot open a transfer port; is the limit of open files too low?")
                    .addKeyValue("address", called.getHostAddress())
                    .setCause(outOfSockets)
                    .log();
            return Optional.empty();
        }
        TransferHandler handler = new TransferHandler(registry, timers, metrics);
        TftpPipeline.assembleTransferPort(channel, handler);
        channel.config().setOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE);
        // On its own loop a datagram channel registers and binds at once.
        ChannelFuture bound = loop.register(channel);
        bound = bound.isSuccess() ? channel.bind(new InetSocketAddress(called, 0)) : bound;
        if (!bound.isSuccess()) {
            LOG.atWarn()
                    .setMessage("cannot open a transfer port; requests to this address go unanswered")
                    .addKeyValue("address", called.getHostAddress())
                    .setCause(bound.cause())
                    .log();
            channel.unsafe().closeForcibly();
            return Optional.empty();
        }
        TransferPort port = new TransferPort(channel, metrics);
        handler.attach(port);
        ports.add(port);
        return Optional.of(port);
    }

    void close() {
        portsByAddress.values().forEach(ports -> ports.forEach(TransferPort::close));
        portsByAddress.clear();
    }

    static boolean isForMany(InetAddress address) {
        if (address.isMulticastAddress() || "255.255.255.255".equals(address.getHostAddress())) {
            return true;
        }
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(networkInterface -> networkInterface.getInterfaceAddresses().stream())
                    .map(InterfaceAddress::getBroadcast)
                    .anyMatch(address::equals);
        } catch (SocketException unknown) {
            return false;
        }
    }
}
