package io.tftpdc.dns;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A datagram is a message. */
final class DnsUdpHandler extends SimpleChannelInboundHandler<DatagramPacket> {
    private static final Logger LOG = LoggerFactory.getLogger(DnsUdpHandler.class);

    private final DnsResponder responder;
    private final Consumer<DnsResponder.Reply> counter;

    DnsUdpHandler(DnsResponder responder, Consumer<DnsResponder.Reply> counter) {
        this.responder = responder;
        this.counter = counter;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        if (packet.sender().getPort() == 0) {
            return; // nobody can be there
        }
        DnsResponder.Reply reply = responder.reply(
                ByteBufUtil.getBytes(packet.content()), packet.sender().getAddress(), true);
        counter.accept(reply);
        reply.message()
                .ifPresent(bytes -> context.write(
                        new DatagramPacket(Unpooled.wrappedBuffer(bytes), packet.sender()), context.voidPromise()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    /** A reply that cannot be sent is a lost one, and a resolver asks again. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.atDebug().setCause(cause).log("A DNS reply was not sent");
    }
}
