package io.tftpdc.tftp.packet;

/**
 * The 16-bit number of a block on the wire.
 *
 * <p>Inside a transfer blocks are counted without limit, from 1 (a {@code long}); this is the one place where that
 * count wraps. After 65535 comes 0, which is what clients that read more than 65535 blocks expect, although RFC 1350
 * is silent about it.
 *
 * @param value 0 to 65535
 */
public record BlockNumber(int value) {

    /** Acknowledges an OACK or a WRQ (RFC 2347, RFC 1350). */
    public static final BlockNumber ZERO = new BlockNumber(0);

    public BlockNumber {
        if (value < 0 || value > 0xFFFF) {
            throw new IllegalArgumentException("block number " + value + " is not an unsigned 16-bit number");
        }
    }

    /** The number on the wire of the {@code count}th block of a transfer. */
    public static BlockNumber of(long count) {
        return new BlockNumber((int) (count & 0xFFFF));
    }

    /** How many blocks after {@code earlier} this one is, 0 to 65535, assuming less than one turn between them. */
    public int distanceFrom(BlockNumber earlier) {
        return (value - earlier.value) & 0xFFFF;
    }
}
