package io.tftpdc.edge.net;

import io.tftpdc.tftp.packet.TftpPacket;

/** From a {@link TransferPort} to one client and back; made once for a transfer. Used by the port's event loop alone. */
interface ClientPath {

    /** From now on the client's packets go to the session. */
    void attach(Session session);

    /** Not any more. */
    void detach(Session session);

    /** Sends a packet, unless the kernel is not keeping up: then it is dropped, and the timer sends it again. */
    void send(TftpPacket packet);

    /** The way for the DATA packets of a read. */
    BlockSender blockSender(BlockSender.Blocks blocks);

    /** The way for the ACKs of an upload. */
    AckSender ackSender();
}
