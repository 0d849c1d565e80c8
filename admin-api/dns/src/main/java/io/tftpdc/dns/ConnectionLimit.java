package io.tftpdc.dns;

import io.micrometer.core.instrument.Counter;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes connections beyond the most that there may be, in all and of one client, so that nobody can take all of them by
 * himself. A connection counts from its beginning to its end, also while it is being refused.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private static final InetAddress UNKNOWN = InetAddress.getLoopbackAddress();

    private final int most;
    private final int mostOfClient;
    private final Counter refused;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> ofClients = new ConcurrentHashMap<>();

    ConnectionLimit(int most, int mostOfClient, Counter refused) {
        this.most = most;
        this.mostOfClient = mostOfClient;
        this.refused = refused;
    }

    int open() {
        return open.get();
    }

    /** Clients that have a connection. */
    int clients() {
        return ofClients.size();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        int ofClient = ofClients.merge(client(context), 1, Integer::sum);
        if (open.incrementAndGet() > most || ofClient > mostOfClient) {
            refused.increment();
            context.close();
        } else {
            context.fireChannelActive();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        open.decrementAndGet();
        ofClients.computeIfPresent(client(context), (client, count) -> count == 1 ? null : count - 1);
        context.fireChannelInactive();
    }

    private static InetAddress client(ChannelHandlerContext context) {
        SocketAddress remote = context.channel().remoteAddress();
        return remote instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress()
                : UNKNOWN;
    }
}
