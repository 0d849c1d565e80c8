package io.tftpdc.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queries of one connection, in order. Closes it when no whole query came for some time, so that one that comes byte
 * by byte holds no connection for long, and reads no further while the other side does not take its answers.
 */
final class DnsTcpHandler extends SimpleChannelInboundHandler<ByteBuf> {
    private static final Logger LOG = LoggerFactory.getLogger(DnsTcpHandler.class);

    private final DnsResponder responder;
    private final Consumer<DnsResponder.Reply> counter;
    private final Duration idle;
    private @Nullable Future<?> closing;

    DnsTcpHandler(DnsResponder responder, Consumer<DnsResponder.Reply> counter, Duration idle) {
        this.responder = responder;
        this.counter = counter;
        this.idle = idle;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        closeLater(context);
        context.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
        closeLater(context);
        InetSocketAddress peer = (InetSocketAddress) context.channel().remoteAddress();
        DnsResponder.Reply reply = responder.reply(ByteBufUtil.getBytes(frame), peer.getAddress(), false);
        counter.accept(reply);
        if (reply.message().isPresent()) {
            context.write(Unpooled.wrappedBuffer(reply.message().get()));
        } else {
            context.close(); // whoever sends this does not speak DNS
        }
    }

    private void closeLater(ChannelHandlerContext context) {
        if (closing != null) {
            closing.cancel(false);
        }
        closing = context.executor().schedule(() -> context.close(), idle.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
        context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable());
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (closing != null) {
            closing.cancel(false);
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.atDebug().setCause(cause).log("A DNS connection broke");
        context.close();
    }
}
