package io.tftpdc.tftp.packet;

/**
 * What comes after block 65535. Inside a transfer blocks are counted without limit (a {@code long}; 0 stands for the
 * request itself, or the OACK); this is the one place where that count wraps to the 16 bits of the wire.
 *
 * <p>RFC 1350 is silent. Nearly everybody goes on with 0; a few old clients go on with 1, because 0 has a meaning of
 * its own in an ACK. A client can ask for either with the option {@code rollover}.
 */
public enum BlockRollover {
    /** 65534, 65535, 0, 1, 2. */
    TO_ZERO,
    /** 65534, 65535, 1, 2, 3. */
    TO_ONE;

    private static final int HIGHEST = 0xFFFF;

    /** The number on the wire of the {@code count}th block. */
    public int wireNumber(long count) {
        return switch (this) {
            case TO_ZERO -> (int) (count & HIGHEST);
            case TO_ONE -> count == 0 ? 0 : (int) ((count - 1) % HIGHEST) + 1;
        };
    }

    /**
     * The first block at or after block {@code from} that has this number on the wire, assuming less than one turn
     * between them; {@link Long#MAX_VALUE} when no block from there on has it.
     */
    public long countFrom(long from, int wireNumber) {
        return switch (this) {
            case TO_ZERO -> from + ((wireNumber - from) & HIGHEST);
            case TO_ONE -> {
                if (wireNumber == 0) {
                    yield from == 0 ? 0 : Long.MAX_VALUE;
                }
                int at = wireNumber(from);
                yield from + (wireNumber >= at ? wireNumber - at : wireNumber - at + HIGHEST);
            }
        };
    }
}
