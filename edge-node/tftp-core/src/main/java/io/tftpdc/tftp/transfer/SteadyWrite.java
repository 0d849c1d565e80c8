package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.transfer.WriteState.Receiving;

/**
 * The ordinary course of a write, allocating nothing: full blocks come in order, and at the window's end an ACK goes
 * out. The counterpart of {@link SteadyRead}, used in the same way: what {@link #received} does not accept goes to
 * {@link WriteTransfer#step} with {@link #state()}, and {@link #enter} comes back.
 *
 * <p>Whenever {@link #received} accepts a block, {@code step} would have led to the same state by exactly these actions.
 * Not thread-safe.
 */
public final class SteadyWrite {

    /** The answer of {@link #acknowledge()} in the middle of a window. */
    public static final int NOTHING = -1;

    private final TransferTerms terms;
    private final int blockSize;
    private final int windowSize;
    private final BlockRollover rollover;

    private boolean steady;
    private long mostBytes;
    private long accepted;
    private long bytes;
    private long acknowledged;
    private int acknowledge = NOTHING;
    private long repeated;

    /** Accepts nothing until {@link #enter}. */
    public SteadyWrite(TransferTerms terms) {
        this.terms = terms;
        this.blockSize = terms.blockSize();
        this.windowSize = terms.windowSize();
        this.rollover = terms.rollover();
    }

    /**
     * Goes on from {@code state}, a state of a transfer on the terms given at first. False, and nothing is accepted,
     * while that state remembers a gap or a timer that ran out: then the next blocks go to {@link WriteTransfer#step}.
     */
    public boolean enter(Receiving state) {
        steady = state.outOfOrder() == 0 && !state.waitedInVain() && !state.mayRepeat();
        mostBytes = state.mostBytes();
        accepted = state.accepted();
        bytes = state.bytes();
        acknowledged = state.acknowledged();
        acknowledge = NOTHING;
        repeated = state.repeated();
        return steady;
    }

    /** Accepts nothing from now on. */
    public void leave() {
        steady = false;
    }

    /** True between an {@link #enter} that succeeded and {@link #leave}: only then {@link #state()} means something. */
    public boolean entered() {
        return steady;
    }

    /**
     * Takes the next block, if it is a full one and the file stays within its limit. True: the payload belongs to block
     * {@link #accepted()}, and {@link #acknowledge()} says what else is to be done. False: nothing has changed.
     *
     * @param wireNumber of the block received, 0 to 65535
     * @param length bytes of its payload
     */
    public boolean received(int wireNumber, int length) {
        long block = accepted + 1;
        if (!steady || length != blockSize || bytes + length > mostBytes || rollover.wireNumber(block) != wireNumber) {
            return false;
        }
        accepted = block;
        bytes += length;
        if (block - acknowledged >= windowSize) {
            acknowledged = block;
            acknowledge = wireNumber;
        } else {
            acknowledge = NOTHING;
        }
        return true;
    }

    /** The number on the wire to be acknowledged now, the timer being armed with no retries; or {@link #NOTHING}. */
    public int acknowledge() {
        return acknowledge;
    }

    /** The last block accepted, counted from 1 without wrapping. */
    public long accepted() {
        return accepted;
    }

    /** Bytes accepted so far. */
    public long bytes() {
        return bytes;
    }

    /** The state that all this amounts to; a new object with each call. */
    public Receiving state() {
        return new Receiving(terms, mostBytes, accepted, bytes, acknowledged, 0, 0, 0, false, repeated);
    }
}
