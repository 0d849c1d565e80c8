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

    /**
     * The way to the client of a transfer.
     *
     * @throws IllegalArgumentException when it cannot be reached from here
     */
    ClientPath to(InetSocketAddress client);

    /** Whether it has as many transfers as its receive buffer is good for: more had better use another one. */
    boolean isCrowded();

    /** Sends one packet to whom has no transfer, unless the kernel is not keeping up: then it is dropped. */
    void send(TftpPacket packet, InetSocketAddress to);

    /** Sends what was written, now or with the batch that is being handled. */
    void flush();

    void close();
}
