package io.tftpdc.tftp.packet;

/**
 * The 16-bit number of a block on the wire. {@link BlockRollover} says which block of a transfer it stands for.
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

    /** The number of the {@code count}th block of a transfer that goes on with 0 after 65535, as nearly all do. */
    public static BlockNumber of(long count) {
        return new BlockNumber(BlockRollover.TO_ZERO.wireNumber(count));
    }
}
