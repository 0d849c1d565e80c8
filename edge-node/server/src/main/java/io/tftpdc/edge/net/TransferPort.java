package io.tftpdc.edge.net;

import io.netty.buffer.ByteBufAllocator;
import io.tftpdc.tftp.packet.TftpPacket;
import java.net.InetSocketAddress;

/**
 * Where answers come from: one address and port, shared by many transfers that are told apart by their clients' endpoints.
 * Packets that answer a batch of received ones leave together at the batch's end. Used by its event loop alone.
 */
interface TransferPort {

    InetSocketAddress local();

    ByteBufAllocator allocator();

    /** From now on packets from the session's client go to it. */
    void attach(Session session);

    /** Not any more. */
    void detach(Session session);

    /** Sends a packet, unless the kernel is not keeping up: then it is dropped, and the timer sends it again. */
    void send(TftpPacket packet, InetSocketAddress to);

    /** The way for the DATA packets of a read. */
    BlockSender blockSender(BlockSender.Blocks blocks, InetSocketAddress to);

    /** The way for the ACKs of an upload. */
    AckSender ackSender(InetSocketAddress to);

    /** Sends what was written, now or with the batch that is being handled. */
    void flush();

    void close();
}
