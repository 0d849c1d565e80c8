package io.tftpdc.edge.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;

/** Turns datagrams into {@link Received}; the first stage of both pipelines. Never fails on any bytes. */
final class PacketDecoder extends SimpleChannelInboundHandler<DatagramPacket> {

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
        context.fireChannelRead(new Received(
                datagram.sender(),
                datagram.recipient(),
                TftpPacketCodec.decode(datagram.content().nioBuffer())));
    }
}
