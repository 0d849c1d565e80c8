package io.tftpdc.edge.net;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.TransferListener;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.edge.policy.LoopLimits;
import io.tftpdc.edge.policy.RequestLimits;
import io.tftpdc.edge.policy.RequestPolicy;
import io.tftpdc.edge.upload.Uploads;
import io.tftpdc.runtime.PortInUseException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TFTP server: {@link #bind} starts it, {@link #close} stops it. Thread-safe. */
public final class TftpListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TftpListener.class);
    private static final int STOP_SECONDS = 5;
    /** Dallying transfers that are remembered, as a multiple of those that may run. */
    private static final int DALLYING_PER_TRANSFER = 4;

    private final TftpSettings settings;
    private final ServerSockets sockets;
    private final MultiThreadIoEventLoopGroup group;
    private final RequestLimits limits;
    private final List<ServerSockets.Worker> workers;
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    private TftpListener(
            TftpSettings settings, FileSource files, Uploads uploads, TransferListener reports, MeterRegistry meters) {
        this.settings = settings;
        this.sockets = ServerSockets.choose(settings);
        int loops = settings.loops();
        this.group = new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory("tftp"), sockets.ioHandlers());
        this.limits = new RequestLimits(
                settings.maxTransfers(), settings.limits(), new SplittableRandom().nextLong(), System.nanoTime());
        TftpMetrics metrics = new TftpMetrics(meters, limits);
        List<ServerSockets.Worker> all = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            all.add(worker(group.next(), i, loops, files, uploads, reports, metrics));
        }
        this.workers = List.copyOf(all);
    }

    /**
     * Starts to serve {@code files}.
     *
     * @param uploads takes what clients write; {@link Uploads#NONE} takes nothing
     * @param reports told about every transfer on an event loop
     * @param meters where the meters of {@link TftpMeters} are registered
     * @throws PortInUseException when an address is taken
     * @throws IOException when an address cannot be bound for another reason, named in the message
     */
    public static TftpListener bind(
            TftpSettings settings, FileSource files, Uploads uploads, TransferListener reports, MeterRegistry meters)
            throws IOException {
        TftpListener listener = new TftpListener(settings, files, uploads, reports, meters);
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

    /**
     * Another policy and other limits for every request that is sent after this returns; transfers that run keep what
     * they were given. Must not be called on an event loop.
     */
    public void use(RequestPolicy policy, LimitSettings settings) {
        limits.use(settings);
        for (ServerSockets.Worker worker : workers) {
            await(worker.eventLoop().submit(() -> worker.requests().use(policy)));
        }
    }

    private ServerSockets.Worker worker(
            IoEventLoop eventLoop,
            int index,
            int count,
            FileSource files,
            Uploads uploads,
            TransferListener reports,
            TftpMetrics metrics) {
        LoopTimers timers = new LoopTimers(eventLoop, System::nanoTime);
        LoopLimits ofClients = limits.forLoop(count, metrics::dropped);
        TransferRegistry registry =
                new TransferRegistry(settings.dally(), settings.maxTransfers() * DALLYING_PER_TRANSFER);
        ServerSockets.OfLoop ofLoop = sockets.forLoop(eventLoop, timers, registry, ofClients, metrics);
        TransferPorts ports =
                new TransferPorts(ofLoop, settings.ports(), index, count, settings.portsPerLoop(), registry, timers);
        SessionLoop loop =
                new SessionLoop(eventLoop, timers, registry, ofClients, metrics, settings.contentWait(), report -> {
                    metrics.finished(report);
                    tell(reports, report);
                });
        RequestHandler requests =
                new RequestHandler(loop, files, uploads, ports, settings.policy(), InstantSource.system());
        return new ServerSockets.Worker(eventLoop, requests, ports, ofLoop);
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
        for (InetSocketAddress wanted : settings.listen()) {
            try {
                addresses.add(sockets.listen(wanted, workers));
            } catch (IOException failure) {
                throw explained(wanted, failure);
            }
            LOG.atInfo()
                    .setMessage("serving TFTP")
                    .addKeyValue("address", addresses.getLast())
                    .addKeyValue("transport", sockets)
                    .log();
        }
    }

    private static IOException explained(InetSocketAddress address, IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("Address already in use")) {
            return new PortInUseException("TFTP", address, failure);
        }
        String fix = address.getPort() < 1024
                ? "; a port below 1024 needs root or CAP_NET_BIND_SERVICE, or configure another port"
                : "; expected an address of this host";
        return new IOException("cannot listen for TFTP on " + address + ": " + message + fix, failure);
    }

    static void checkReceiveBuffer(TftpSettings settings, int granted) {
        if (granted < settings.receiveBufferBytes()) {
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
        for (ServerSockets.Worker worker : workers) {
            if (!worker.eventLoop().isShuttingDown()) {
                await(worker.eventLoop().submit(worker.requests()::stop));
            }
        }
        sockets.stopListening();
        await(group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS));
    }

    private static void await(Future<?> stopping) {
        try {
            stopping.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException failure) {
            LOG.atWarn()
                    .setMessage("an event loop of the TFTP server does not answer")
                    .setCause(failure)
                    .log();
        }
    }
}
