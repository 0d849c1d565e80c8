package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.TftpOption;
import java.util.List;

/**
 * What client and server agreed on.
 *
 * @param blockSize bytes in a full DATA packet
 * @param windowSize DATA packets per acknowledgement
 * @param retransmit when to send again
 * @param acknowledged the options of the OACK; when empty there is no OACK, and the first DATA or ACK 0 answers
 */
public record TransferTerms(int blockSize, int windowSize, RetransmitPolicy retransmit, List<TftpOption> acknowledged) {

    /** The block size of RFC 1350. */
    public static final int PLAIN_BLOCK_SIZE = 512;

    public TransferTerms {
        acknowledged = List.copyOf(acknowledged);
    }

    /** RFC 1350 without any option. */
    public static TransferTerms plain(RetransmitPolicy retransmit) {
        return new TransferTerms(PLAIN_BLOCK_SIZE, 1, retransmit, List.of());
    }
}
