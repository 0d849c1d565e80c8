package io.tftpdc.tftp.transfer;

/**
 * How far a transfer has come.
 *
 * @param bytesAcknowledged bytes that the other side has confirmed, as they travel
 * @param retransmittedPackets OACK and DATA packets sent more than once, each repeat counted
 */
public record Progress(long bytesAcknowledged, long retransmittedPackets) {

    static final Progress NONE = new Progress(0, 0);
}
