package io.tftpdc.tftp.transfer;

/**
 * How many bytes a transfer has, as they travel: known from the start for octet, and for netascii only once the
 * translation has come to its end.
 *
 * <p>A transfer ends with the first block that is not full, so a size that is a multiple of the block size needs an
 * empty block after the last byte (RFC 1350 section 6).
 *
 * @param bytes not negative, or -1 while unknown
 */
public record TransferSize(long bytes) {

    public static final TransferSize UNKNOWN = new TransferSize(-1);

    public TransferSize {
        if (bytes < -1) {
            throw new IllegalArgumentException("a size of " + bytes + " bytes");
        }
    }

    public boolean known() {
        return bytes >= 0;
    }

    /** The number of the last block, counted from 1 without wrapping; {@link Long#MAX_VALUE} while unknown. */
    public long lastBlock(int blockSize) {
        return known() ? bytes / blockSize + 1 : Long.MAX_VALUE;
    }

    /** Bytes in block {@code block}, which is at most the last one; a full block while the size is unknown. */
    public int lengthOf(long block, int blockSize) {
        return known() ? (int) Math.min(blockSize, bytes - offsetOf(block, blockSize)) : blockSize;
    }

    /** Bytes before block {@code block}, which is at least 1. */
    public static long offsetOf(long block, int blockSize) {
        return (block - 1) * blockSize;
    }
}
