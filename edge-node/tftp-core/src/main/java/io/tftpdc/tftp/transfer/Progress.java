package io.tftpdc.tftp.transfer;

/**
 * How far a transfer has come.
 *
 * @param bytesAcknowledged bytes, as they travel, that have arrived for certain: of a read those that the client
 *     confirmed, of a write those that were accepted
 * @param retransmittedPackets OACK, DATA and, in a write, ACK packets sent more than once, each repeat counted
 */
public record Progress(long bytesAcknowledged, long retransmittedPackets) {

    static final Progress NONE = new Progress(0, 0);
}
