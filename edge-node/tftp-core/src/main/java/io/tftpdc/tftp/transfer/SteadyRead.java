package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.transfer.ReadState.Repair;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;

/**
 * The ordinary course of a read, allocating nothing: the client confirms all that was sent, and the next window goes
 * out. Holds the numbers of a {@link SendingWindow}; whatever else happens, {@link #state()} makes one of them, which
 * {@link ReadTransfer#step} takes on, and {@link #enter} comes back.
 *
 * <pre>
 *   if (steady.acknowledged(block)) {   // first() to last() go out, the timer is armed with 0 retries
 *   } else {                            // nothing has changed: step(steady.state(), ...)
 * </pre>
 *
 * Whenever {@link #acknowledged} accepts an ACK, {@code step} would have led to the same state by exactly these actions.
 * Not thread-safe.
 */
public final class SteadyRead {

    private final TransferTerms terms;
    private final int windowSize;
    private final BlockRollover rollover;

    private TransferSize size = TransferSize.UNKNOWN;
    private long lastBlock;
    private long acknowledged;
    private long sent;
    private long first;
    private int retries;
    private Repair repair = Repair.NEVER;
    private boolean settled;
    private boolean endOfWindowIsCertain;
    private boolean windowsFollowAcks;
    private long retransmitted;

    /** Accepts nothing until {@link #enter}. */
    public SteadyRead(TransferTerms terms) {
        this.terms = terms;
        this.windowSize = terms.windowSize();
        this.rollover = terms.rollover();
        leave();
    }

    /** Goes on from {@code state}, a state of a transfer on the terms given at first. */
    public void enter(SendingWindow state) {
        size = state.size();
        lastBlock = size.lastBlock(terms.blockSize());
        acknowledged = state.acknowledged();
        sent = state.sent();
        first = sent + 1;
        retries = state.retries();
        repair = state.repair();
        settled = false;
        endOfWindowIsCertain = repair.endOfWindowIsCertain();
        windowsFollowAcks = state.windowsFollowAcks();
        retransmitted = state.retransmitted();
    }

    /** Accepts nothing from now on: the transfer is over. */
    public void leave() {
        acknowledged = 0;
        sent = 0;
        first = 1;
        lastBlock = 0; // sent is the last block, and of that no ACK is accepted
    }

    /**
     * Takes an ACK of everything sent so far, unless that ends the transfer. True: {@link #first()} to {@link #last()}
     * are to be sent, and the timer is to be armed with no retries. False: nothing has changed.
     *
     * @param wireNumber of the block acknowledged, 0 to 65535
     */
    public boolean acknowledged(int wireNumber) {
        long confirmed = sent;
        if (confirmed >= lastBlock || rollover.wireNumber(confirmed) != wireNumber) {
            return false;
        }
        acknowledged = confirmed;
        first = confirmed + 1;
        sent = Math.min(confirmed + windowSize, lastBlock);
        retries = 0;
        windowsFollowAcks |= endOfWindowIsCertain && confirmed % windowSize != 0;
        endOfWindowIsCertain = true;
        settled = true;
        return true;
    }

    /** The first block to send, counted from 1 without wrapping. */
    public long first() {
        return first;
    }

    /** The last block to send, which is also the last one sent so far. */
    public long last() {
        return sent;
    }

    /** The last block confirmed. */
    public long acknowledged() {
        return acknowledged;
    }

    /** The state that all this amounts to; a new object with each call. */
    public SendingWindow state() {
        return new SendingWindow(
                terms,
                size,
                acknowledged,
                sent,
                retries,
                settled ? repair.settled() : repair,
                windowsFollowAcks,
                retransmitted);
    }
}
