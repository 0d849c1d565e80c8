package io.tftpdc.edge.net;

/** Sends the ACKs of one upload. Used by one event loop. */
interface AckSender {

    /**
     * Sends the ACK of a block, instead of one that still waits for the kernel: an ACK confirms all blocks before its own
     * too.
     *
     * @param block as on the wire, 0 to 65535
     */
    void send(int block);
}
