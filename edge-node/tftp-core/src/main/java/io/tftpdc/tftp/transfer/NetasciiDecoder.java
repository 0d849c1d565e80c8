package io.tftpdc.tftp.transfer;

import java.nio.ByteBuffer;

/**
 * Translates netascii to bytes to be stored: CR LF becomes LF, and CR NUL becomes CR (RFC 1350 section 1, RFC 764). Any
 * other byte after a CR is no netascii; both are kept, so that a client that sends bytes as they are loses nothing but
 * its CR LFs. Works on any split of input and output, so a pair may be cut by the end of a block.
 *
 * <p>The only state is whether a CR still waits for its partner. Not thread-safe.
 */
public final class NetasciiDecoder {

    private boolean afterCr;

    /**
     * Translates until {@code in} is used up or {@code out} is full. An {@code out} with room for one byte more than
     * {@code in} has is always enough.
     */
    public void decode(ByteBuffer in, ByteBuffer out) {
        while (in.hasRemaining() && out.hasRemaining()) {
            byte next = in.get(in.position());
            if (afterCr) {
                afterCr = false;
                if (next == '\n' || next == 0) {
                    in.get();
                    out.put(next == '\n' ? next : (byte) '\r');
                } else {
                    out.put((byte) '\r'); // the byte itself is looked at again: it may be a CR too
                }
            } else {
                in.get();
                if (next == '\r') {
                    afterCr = true;
                } else {
                    out.put(next);
                }
            }
        }
    }

    /** The file is over: a CR that waits in vain, if there is one, is put into {@code out}, which has room for it. */
    public void finish(ByteBuffer out) {
        if (afterCr) {
            afterCr = false;
            out.put((byte) '\r');
        }
    }
}
