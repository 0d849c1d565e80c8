package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpOption;
import java.util.List;

/**
 * What client and server agreed on.
 *
 * @param blockSize bytes in a full DATA packet
 * @param windowSize DATA packets per acknowledgement
 * @param retransmit when to send again
 * @param rollover which number follows 65535
 * @param acknowledged the options of the OACK; when empty there is no OACK, and the first DATA or ACK 0 answers
 */
public record TransferTerms(
        int blockSize,
        int windowSize,
        RetransmitPolicy retransmit,
        BlockRollover rollover,
        List<TftpOption> acknowledged) {

    /** The block size of RFC 1350. */
    public static final int PLAIN_BLOCK_SIZE = 512;

    public TransferTerms {
        if (blockSize < 1 || windowSize < 1) {
            throw new IllegalArgumentException("blocks of " + blockSize + " bytes, windows of " + windowSize);
        }
        acknowledged = List.copyOf(acknowledged);
    }

    /** RFC 1350 without any option. */
    public static TransferTerms plain(RetransmitPolicy retransmit) {
        return new TransferTerms(PLAIN_BLOCK_SIZE, 1, retransmit, BlockRollover.TO_ZERO, List.of());
    }

    /** The number on the wire of block {@code block}, counted from 1 without wrapping. */
    public int wireNumber(long block) {
        return rollover.wireNumber(block);
    }

    /** Bytes of the transfer before block {@code block}. */
    public long offsetOf(long block) {
        return TransferSize.offsetOf(block, blockSize);
    }
}
