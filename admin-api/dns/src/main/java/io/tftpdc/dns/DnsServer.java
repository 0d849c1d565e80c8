package io.tftpdc.dns;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tftpdc.placement.Subnet;
import io.tftpdc.runtime.PortInUseException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries messages between sockets and {@link DnsResponder}: UDP, and TCP with two bytes of length in front of each
 * (RFC 7766), any number of queries on a connection. One thread, which the answers, computed in microseconds, do not hold.
 *
 * <pre>
 *  UDP ─► DnsUdpHandler ──────────────────────────────────────────► DnsResponder
 *  TCP ─► ConnectionLimit ─► frame-decoder ─► DnsTcpHandler ─► DnsResponder
 * </pre>
 */
public final class DnsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
    /** A query is a name, a type and a few options. */
    private static final int MAX_UDP_QUERY = 4_096;

    private static final int MAX_TCP_QUERY = 65_535;
    private static final int LENGTH_BYTES = 2;
    /** With port 0, the free UDP port may be taken for TCP. */
    private static final int PORT_ATTEMPTS = 20;

    private final DnsSettings settings;
    private final DnsResponder responder;
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("dns", true), NioIoHandler.newFactory());
    private final List<Channel> channels = new ArrayList<>();
    private final Map<DnsResult, Counter> udpResults = new EnumMap<>(DnsResult.class);
    private final Map<DnsResult, Counter> tcpResults = new EnumMap<>(DnsResult.class);
    private final Counter truncated;
    private final ConnectionLimit connections;
    private int port;

    private DnsServer(DnsSettings settings, DnsResponder responder, MeterRegistry meters) {
        this.settings = settings;
        this.responder = responder;
        this.port = settings.port();
        for (DnsResult result : DnsResult.values()) {
            udpResults.put(result, DnsMeters.QUERIES.counter(meters, "result", result.tag(), "transport", "udp"));
            tcpResults.put(result, DnsMeters.QUERIES.counter(meters, "result", result.tag(), "transport", "tcp"));
        }
        this.truncated = DnsMeters.TRUNCATED.counter(meters);
        this.connections = new ConnectionLimit(
                settings.maxConnections(), settings.maxConnectionsPerClient(), DnsMeters.REFUSED.counter(meters));
        DnsMeters.CONNECTIONS.gauge(meters, connections::open);
    }

    /**
     * Returns when queries are answered.
     *
     * @throws IOException if an address cannot be listened on; the message names the fix
     */
    public static DnsServer start(DnsSettings settings, DnsResponder responder, MeterRegistry meters)
            throws IOException {
        DnsServer server = new DnsServer(settings, responder, meters);
        try {
            server.listen();
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void listen() throws IOException {
        List<InetAddress> addresses =
                settings.listen().stream().map(Subnet::address).toList();
        for (int attempt = 1; ; attempt++) {
            try {
                for (InetAddress address : addresses) {
                    bind(udp().bind(address, port), address, "UDP");
                    bind(tcp().bind(address, port), address, "TCP");
                }
                break;
            } catch (PortInUseException e) {
                if (settings.port() != 0 || attempt == PORT_ATTEMPTS) {
                    throw e;
                }
                channels.forEach(channel -> channel.close().syncUninterruptibly());
                channels.clear();
                port = 0;
            }
        }
        LOG.atInfo()
                .addKeyValue("zones", settings.zones())
                .addKeyValue("listen", settings.listen())
                .addKeyValue("port", port)
                .log("DNS answers");
    }

    /** The first bind of port 0 settles the port of all. */
    private void bind(ChannelFuture binding, InetAddress address, String transport) throws IOException {
        binding.awaitUninterruptibly();
        if (!binding.isSuccess()) {
            Throwable cause = binding.cause();
            InetSocketAddress wanted = new InetSocketAddress(address, port);
            if (cause instanceof BindException
                    && String.valueOf(cause.getMessage()).contains("in use")) {
                throw new PortInUseException("DNS over " + transport, wanted, new IOException(cause));
            }
            throw new IOException(
                    "DNS cannot listen on " + address.getHostAddress() + " port " + port + " (" + transport + "): "
                            + cause.getMessage() + "; ports below 1024 need CAP_NET_BIND_SERVICE, see `dns.port`",
                    cause);
        }
        channels.add(binding.channel());
        port = ((InetSocketAddress) binding.channel().localAddress()).getPort();
    }

    private Bootstrap udp() {
        return new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_UDP_QUERY))
                .handler(new DnsUdpHandler(responder, this::countUdp));
    }

    private ServerBootstrap tcp() {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast("connection-limit", connections)
                                .addLast(
                                        "frame-decoder",
                                        new LengthFieldBasedFrameDecoder(
                                                MAX_TCP_QUERY + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
                                .addLast("length", new LengthFieldPrepender(LENGTH_BYTES))
                                .addLast(
                                        "queries",
                                        new DnsTcpHandler(responder, DnsServer.this::countTcp, settings.idleTimeout()));
                    }
                });
    }

    private void countUdp(DnsResponder.Reply reply) {
        count(udpResults, reply);
        if (reply.truncated()) {
            truncated.increment();
        }
    }

    private void countTcp(DnsResponder.Reply reply) {
        count(tcpResults, reply);
    }

    private static void count(Map<DnsResult, Counter> results, DnsResponder.Reply reply) {
        Counter counter = results.get(reply.result());
        if (counter != null) {
            counter.increment();
        }
    }

    /** Of UDP and of TCP, on every address. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
