package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import java.net.InetSocketAddress;

/**
 * One socket that many transfers share, told apart by their clients' endpoints. Packets that are answers to a batch of
 * received ones are flushed together at the batch's end. Used by its event loop alone.
 */
final class TransferPort {

    private final Channel channel;
    private final InetSocketAddress local;
    private final TftpMetrics metrics;
    private boolean inBatch;

    TransferPort(Channel channel, TftpMetrics metrics) {
        this.channel = channel;
        this.local = (InetSocketAddress) channel.localAddress();
        this.metrics = metrics;
    }

    InetSocketAddress local() {
        return local;
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    void send(TftpPacket packet, InetSocketAddress to) {
        send(Unpooled.wrappedBuffer(TftpPacketCodec.encode(packet)), to);
    }

    /** Takes over {@code packet}. A queue that is full already drops it: the transfer's timer sends it again. */
    @SuppressWarnings("FutureReturnValueIgnored") // a void promise: failures reach TransferHandler.exceptionCaught
    void send(ByteBuf packet, InetSocketAddress to) {
        if (channel.isWritable()) {
            channel.write(new DatagramPacket(packet, to), channel.voidPromise());
        } else {
            packet.release();
            metrics.notSent.increment();
        }
    }

    void beginBatch() {
        inBatch = true;
    }

    void endBatch() {
        inBatch = false;
        channel.flush();
    }

    /** Sends what was written, now or with the batch that is being handled. */
    void flush() {
        if (!inBatch) {
            channel.flush();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    void close() {
        channel.close();
    }
}
