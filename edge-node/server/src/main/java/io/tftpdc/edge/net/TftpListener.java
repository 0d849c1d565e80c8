package io.tftpdc.edge.net;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.TransferListener;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.runtime.PortInUseException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TFTP server: {@link #bind} starts it, {@link #close} stops it. Thread-safe.
 *
 * <p>A wildcard address is served by several sockets: one for everything, which with epoll learns from the kernel which
 * IPv4 address a client called, and one for each other local address, whose clients can be answered from it too. Other
 * addresses that appear later are answered from the address that the kernel chooses.
 */
public final class TftpListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TftpListener.class);
    private static final int STOP_SECONDS = 5;
    /** Dallying transfers that are remembered, as a multiple of those that may run. */
    private static final int DALLYING_PER_TRANSFER = 4;

    private final TftpSettings settings;
    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final List<RequestDispatcher.Worker> workers;
    private final List<Channel> channels = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    private TftpListener(TftpSettings settings, FileSource files, TransferListener reports, MeterRegistry meters) {
        this.settings = settings;
        this.transport = Transport.choose(settings.nativeTransport());
        int loops = settings.eventLoops() > 0
                ? settings.eventLoops()
                : Runtime.getRuntime().availableProcessors();
        this.group = new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory("tftp"), transport.ioHandlers());
        TransferSlots slots = new TransferSlots(settings.maxTransfers());
        TftpMetrics metrics = new TftpMetrics(meters, slots);
        List<RequestDispatcher.Worker> all = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            all.add(worker(group.next(), files, reports, slots, metrics));
        }
        this.workers = List.copyOf(all);
    }

    /**
     * Starts to serve {@code files}.
     *
     * @param reports told about every transfer on an event loop
     * @param meters where the meters of {@link TftpMeters} are registered
     * @throws PortInUseException when an address is taken
     * @throws IOException when an address cannot be bound for another reason, named in the message
     */
    public static TftpListener bind(
            TftpSettings settings, FileSource files, TransferListener reports, MeterRegistry meters)
            throws IOException {
        TftpListener listener = new TftpListener(settings, files, reports, meters);
        try {
            listener.open();
        } catch (IOException | RuntimeException failure) {
            listener.close();
            throw failure;
        }
        return listener;
    }

    /** The addresses of the settings, with the ports that were picked where they said 0. */
    public List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    private RequestDispatcher.Worker worker(
            EventLoop eventLoop, FileSource files, TransferListener reports, TransferSlots slots, TftpMetrics metrics) {
        LoopTimers timers = new LoopTimers(eventLoop, System::nanoTime);
        TransferRegistry registry =
                new TransferRegistry(settings.dally(), settings.maxTransfers() * DALLYING_PER_TRANSFER);
        TransferPorts ports =
                new TransferPorts(eventLoop, transport, settings.portsPerLoop(), registry, timers, metrics);
        ReadSession.Loop loop =
                new ReadSession.Loop(eventLoop, timers, registry, slots, metrics, settings.contentWait(), report -> {
                    metrics.finished(report);
                    tell(reports, report);
                });
        RequestHandler requests =
                new RequestHandler(loop, files, ports, settings.negotiation(), InstantSource.system());
        return new RequestDispatcher.Worker(eventLoop, requests);
    }

    private static void tell(TransferListener reports, TransferReport report) {
        try {
            reports.finished(report);
        } catch (RuntimeException failure) {
            LOG.atError()
                    .setMessage("a transfer could not be reported")
                    .setCause(failure)
                    .log();
        }
    }

    private void open() throws IOException {
        RequestDispatcher dispatcher = new RequestDispatcher(workers);
        for (InetSocketAddress wanted : settings.listen()) {
            Channel channel = open(wanted, dispatcher, false);
            InetSocketAddress bound = (InetSocketAddress) channel.localAddress();
            addresses.add(bound);
            if (bound.getAddress().isAnyLocalAddress()) {
                openOnEachAddress(channel, bound, dispatcher);
            }
            LOG.atInfo()
                    .setMessage("serving TFTP")
                    .addKeyValue("address", bound)
                    .addKeyValue("transport", transport)
                    .log();
            checkReceiveBuffer(channel);
        }
    }

    private Channel open(InetSocketAddress address, RequestDispatcher dispatcher, boolean besideWildcard)
            throws IOException {
        Channel channel = transport.newChannel(address.getAddress());
        TftpPipeline.assembleListener(channel, dispatcher);
        channel.config().setOption(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes());
        if (besideWildcard) {
            channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        }
        if (address.getAddress().isAnyLocalAddress()) {
            transport.tellDestination(channel);
        }
        ChannelFuture done = group.register(channel).awaitUninterruptibly();
        if (done.isSuccess()) {
            done = channel.bind(address).awaitUninterruptibly();
        }
        Throwable failure = done.cause();
        if (failure != null) {
            channel.close().awaitUninterruptibly();
            throw explained(address, failure);
        }
        channels.add(channel);
        return channel;
    }

    private static IOException explained(InetSocketAddress address, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("Address already in use")) {
            return new PortInUseException("TFTP", address, failure);
        }
        String fix = address.getPort() < 1024
                ? "; a port below 1024 needs root or CAP_NET_BIND_SERVICE, or configure another port"
                : "; expected an address of this host";
        return new IOException("cannot listen for TFTP on " + address + ": " + message + fix, failure);
    }

    /** Only sockets bound to one address know for sure which one a client called, where the kernel does not tell. */
    private void openOnEachAddress(Channel wildcard, InetSocketAddress bound, RequestDispatcher dispatcher)
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
                open(new InetSocketAddress(address, bound.getPort()), dispatcher, true);
            } catch (IOException notThisOne) {
                LOG.atInfo()
                        .setMessage("clients of this address may be answered from another one")
                        .addKeyValue("address", address.getHostAddress())
                        .setCause(notThisOne)
                        .log();
            }
        }
    }

    private void checkReceiveBuffer(Channel channel) {
        Integer granted = channel.config().getOption(ChannelOption.SO_RCVBUF);
        if (granted != null && granted < settings.receiveBufferBytes()) {
            LOG.atWarn()
                    .setMessage("the listener's receive buffer is smaller than configured and may lose requests in a"
                            + " boot storm; raise it with sysctl -w net.core.rmem_max=N")
                    .addKeyValue("wantedBytes", settings.receiveBufferBytes())
                    .addKeyValue("grantedBytes", granted)
                    .log();
        }
    }

    /**
     * Stops listening, tells the clients of running transfers, and returns when all is released, which takes a few
     * milliseconds. Must not be called on an event loop.
     */
    @Override
    public void close() {
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
        channels.clear();
        for (RequestDispatcher.Worker worker : workers) {
            if (!worker.eventLoop().isShuttingDown()) {
                await(worker.eventLoop().submit(worker.requests()::stop));
            }
        }
        await(group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS));
    }

    private static void await(Future<?> stopping) {
        try {
            stopping.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException failure) {
            LOG.atWarn()
                    .setMessage("the TFTP server did not stop cleanly")
                    .setCause(failure)
                    .log();
        }
    }
}
