package io.tftpdc.edge.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.TransferListener;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.PortInUseException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: {@link #bind} starts it, {@link #close} stops it. It has event loops of its own, so that large
 * downloads do not delay TFTP's packets. Thread-safe.
 */
public final class EdgeHttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeHttpServer.class);
    private static final int STOP_SECONDS = 5;
    private static final int LOW_WATER = 128 * 1024;
    private static final int HIGH_WATER = 512 * 1024;

    private final MultiThreadIoEventLoopGroup group;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final HttpMetrics meters;
    private final InetSocketAddress address;

    private EdgeHttpServer(
            HttpSettings settings,
            FileSource files,
            TransferListener reports,
            HealthRegistry health,
            Metrics metrics,
            StatusPage status)
            throws IOException {
        meters = new HttpMetrics(metrics.registry());
        group = new MultiThreadIoEventLoopGroup(
                settings.eventLoops(), new DefaultThreadFactory("http"), NioIoHandler.newFactory());
        OpsPages pages = new OpsPages(health, metrics, status);
        HttpPipeline pipeline = new HttpPipeline(
                settings,
                () -> new RequestRouter(
                        pages,
                        (ctx, request) -> new FileDownload(ctx, request, files, reports, meters),
                        meters,
                        settings.maxConnections()));
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                .childHandler(pipeline)
                .bind(settings.listen())
                .awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            close();
            throw explained(settings.listen(), failure);
        }
        channels.add(bound.channel());
        address = (InetSocketAddress) bound.channel().localAddress();
        LOG.atInfo().addKeyValue("address", address).log("Serving HTTP");
    }

    /**
     * Starts to serve.
     *
     * @param reports told about every request for a file, on an event loop
     * @throws PortInUseException when the address is taken
     * @throws IOException when it cannot be bound for another reason, named in the message
     */
    public static EdgeHttpServer bind(
            HttpSettings settings,
            FileSource files,
            TransferListener reports,
            HealthRegistry health,
            Metrics metrics,
            StatusPage status)
            throws IOException {
        return new EdgeHttpServer(settings, files, reports, health, metrics, status);
    }

    private static IOException explained(InetSocketAddress address, Throwable failure) {
        if (failure instanceof BindException
                && String.valueOf(failure.getMessage()).contains("in use")) {
            return new PortInUseException("edge HTTP", address, failure);
        }
        return new IOException("cannot listen for HTTP on " + address + ": " + failure.getMessage(), failure);
    }

    /** The address of the settings, with the port that was picked where they said 0. */
    public InetSocketAddress address() {
        return address;
    }

    /** Downloads running now. */
    public int activeTransfers() {
        return meters.active.get();
    }

    /** Stops at once; running downloads are cut. Must not be called on an event loop. */
    @Override
    public void close() {
        channels.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
