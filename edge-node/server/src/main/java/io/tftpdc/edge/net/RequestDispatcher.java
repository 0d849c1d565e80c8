package io.tftpdc.edge.net;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what arrives at a listener to the event loop of its client. The loop is chosen by the client's endpoint, so a
 * repeated request meets the transfer it belongs to.
 */
@Sharable
final class RequestDispatcher extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

    private final List<ServerSockets.Worker> workers;

    RequestDispatcher(List<ServerSockets.Worker> workers) {
        this.workers = workers;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Received received = (Received) message;
        ServerSockets.Worker worker =
                workers.get(Math.floorMod(received.client().hashCode(), workers.size()));
        if (worker.eventLoop().inEventLoop()) {
            worker.requests().handle(received);
        } else {
            // Requests hold no view of the datagram's bytes; a stray DATA does, but its payload is never looked at.
            worker.eventLoop().execute(() -> worker.requests().handle(received));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.atWarn()
                .setMessage("a request could not be handled")
                .setCause(cause)
                .log();
    }
}
