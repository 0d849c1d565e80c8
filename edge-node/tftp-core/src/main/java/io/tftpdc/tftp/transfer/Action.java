package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.TftpPacket;

/** What the shell must do, in the order given. */
public sealed interface Action {

    /** Send this packet to the client. */
    record Send(TftpPacket packet) implements Action {}

    /**
     * Send the DATA packets {@code first} to {@code last}, both included, in this order. {@link TransferTerms} and
     * {@link TransferSize} say which number, bytes and length a block has.
     *
     * <p>Where the size is not known before, the source may end on the way: then send the short block in which it ends
     * (perhaps an empty one), skip the later ones, and when the rest of the step is carried out feed
     * {@link Input.SourceEnded}.
     *
     * @param first counted from 1 without wrapping
     * @param last at least {@code first}
     */
    record SendBlocks(long first, long last) implements Action {
        public SendBlocks {
            if (first < 1 || last < first) {
                throw new IllegalArgumentException("blocks " + first + " to " + last);
            }
        }
    }

    /**
     * The payload of the DATA packet just fed is block {@code block} of an upload: append it. Every block comes exactly
     * once and in order, so the payload goes where the last one ended.
     *
     * @param block counted from 1 without wrapping
     * @param length bytes of the payload, perhaps zero
     */
    record Accept(long block, int length) implements Action {}

    /**
     * The upload is whole: make it durable, and then feed {@link Input.Committed} or {@link Input.CommitFailed}, one of
     * them in any case and within a time that the shell sets. The client is waiting for its last ACK. When the transfer
     * ends before the answer, nothing was promised to the client, and the commit may take effect or not.
     */
    record Commit() implements Action {}

    /**
     * Feed {@link Input.TimerFired} after {@link RetransmitTimer#delayNanos} of this many retries, instead of whenever
     * the timer would have fired before.
     *
     * @param retries how often the timer has run out in vain since the client was last heard
     */
    record ArmTimer(int retries) implements Action {}

    /** The transfer is over: forget the timer, release everything, report. Always the last action of a transfer. */
    record Finish(TransferOutcome outcome) implements Action {}
}
