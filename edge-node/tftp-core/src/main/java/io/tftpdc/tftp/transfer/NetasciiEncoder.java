package io.tftpdc.tftp.transfer;

import java.nio.ByteBuffer;

/**
 * Translates stored bytes to netascii as they are read: LF becomes CR LF, and CR becomes CR NUL (RFC 1350 section 1,
 * RFC 764). Works on any split of input and output, so a pair may be cut by the end of a block.
 *
 * <p>The only state is the second half of a pair that did not fit, {@link #pending()}; an encoder made with it carries
 * on where another stopped, which is how a block is sent again. Not thread-safe.
 */
public final class NetasciiEncoder {

    /** The value of {@link #pending()} when no half pair is left. */
    public static final int NOTHING_PENDING = -1;

    private int pending;

    /** Starts at the beginning of a file. */
    public NetasciiEncoder() {
        this(NOTHING_PENDING);
    }

    /** Carries on where an encoder with this {@link #pending()} stopped. */
    public NetasciiEncoder(int pending) {
        this.pending = pending;
    }

    /** The byte owed from the last pair, or {@link #NOTHING_PENDING}. */
    public int pending() {
        return pending;
    }

    /**
     * Translates until {@code out} is full or {@code in} is used up. When {@code in} ends the file and {@code out} has
     * room left afterwards, the file is complete: nothing can then be pending.
     */
    public void encode(ByteBuffer in, ByteBuffer out) {
        while (out.hasRemaining()) {
            if (pending != NOTHING_PENDING) {
                out.put((byte) pending);
                pending = NOTHING_PENDING;
            } else if (in.hasRemaining()) {
                byte next = in.get();
                if (next == '\n' || next == '\r') {
                    out.put((byte) '\r');
                    pending = next == '\n' ? '\n' : 0;
                } else {
                    out.put(next);
                }
            } else {
                return;
            }
        }
    }

    /**
     * How many bytes {@code in} has after translation; nothing is consumed. Of a file in pieces the lengths add up, which
     * is how its tsize is known before it is sent.
     */
    public static long encodedLength(ByteBuffer in) {
        long length = in.remaining();
        for (int i = in.position(); i < in.limit(); i++) {
            byte b = in.get(i);
            if (b == '\n' || b == '\r') {
                length++;
            }
        }
        return length;
    }
}
