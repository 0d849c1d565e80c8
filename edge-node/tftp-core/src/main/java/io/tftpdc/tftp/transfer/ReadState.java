package io.tftpdc.tftp.transfer;

/** Where a read is. {@link ReadTransfer} draws how the states follow each other. */
public sealed interface ReadState {

    /** How far it has come; final once the state is {@link Completed} or {@link Aborted}. */
    Progress progress();

    /**
     * The OACK is out; the client has not yet agreed.
     *
     * @param retries how often the timer has made us send the OACK again
     * @param retransmitted OACKs sent again for whatever reason
     */
    record AwaitingOptionAck(TransferTerms terms, TransferSize size, int retries, long retransmitted)
            implements ReadState {
        @Override
        public Progress progress() {
            return new Progress(0, retransmitted);
        }
    }

    /**
     * Blocks {@code acknowledged + 1} to {@code sent} are on their way. Blocks are counted from 1 and do not wrap.
     *
     * @param acknowledged the last block the client confirmed; everything before it is confirmed too
     * @param sent the last block sent so far; at most one window ahead
     * @param retries how often the timer has made us send again since the client last made progress
     * @param repair what was last sent again
     * @param windowsFollowAcks the client has been seen to count a window from an ACK that a gap had moved. Without that
     *     an ACK at a multiple of the window size may be the end of a window as the client counts them, and no gap.
     * @param retransmitted OACK and DATA packets sent more than once
     */
    record SendingWindow(
            TransferTerms terms,
            TransferSize size,
            long acknowledged,
            long sent,
            int retries,
            Repair repair,
            boolean windowsFollowAcks,
            long retransmitted)
            implements ReadState {

        @Override
        public Progress progress() {
            long bytes = acknowledged * terms.blockSize();
            return new Progress(size.known() ? Math.min(bytes, size.bytes()) : bytes, retransmitted);
        }

        /** The same transfer, somewhere else. */
        SendingWindow at(long nowAcknowledged, long nowSent, int nowRetries, Repair nowRepair) {
            return new SendingWindow(
                    terms, size, nowAcknowledged, nowSent, nowRetries, nowRepair, windowsFollowAcks, retransmitted);
        }

        /** The same, with so many packets more that were sent again. */
        SendingWindow repeating(long packets) {
            return new SendingWindow(
                    terms, size, acknowledged, sent, retries, repair, windowsFollowAcks, retransmitted + packets);
        }

        /**
         * The same, with what an ACK of all that was sent tells: unless it only answers to something sent twice, it
         * ends a window as the client counts them.
         */
        SendingWindow confirmed() {
            boolean moved = repair.endOfWindowIsCertain() && sent % terms.windowSize() != 0;
            return new SendingWindow(
                    terms, size, sent, sent, 0, repair.settled(), windowsFollowAcks || moved, retransmitted);
        }

        /**
         * True when the client had begun to acknowledge and then fell silent for longer than the timer. If such a client
         * asks for the file again, it has restarted and will never go on here; otherwise a repeated request is only late.
         */
        public boolean stalled() {
            return acknowledged > 0 && (retries > 0 || repair.probes() > 0 || repair.reason() == Reason.WINDOW);
        }
    }

    /**
     * What was sent again. Until the client has passed all that was sent by then, its ACKs may be answers to doubled
     * packets, and the reason says what they mean.
     *
     * @param upTo the last block sent when something was last sent again, -1 if nothing ever was
     * @param restarts how many gaps in a row have restarted the window, none of which is certain: the client was not past
     *     {@code upTo}, and had not been asked
     * @param probes how often the last block alone was sent again since the client last made progress
     * @param perhapsGap an ACK that may have meant a gap was let pass since then; if the client now stays silent, it did
     */
    record Repair(Reason reason, long upTo, int restarts, int probes, boolean perhapsGap) {

        static final Repair NEVER = new Repair(Reason.NONE, -1);

        Repair(Reason reason, long upTo) {
            this(reason, upTo, 0, 0, false);
        }

        Repair probed(long sent) {
            return new Repair(reason, sent, restarts, probes + 1, perhapsGap);
        }

        /** The client has moved on, though not past {@code upTo}; perhaps it reported a gap. */
        Repair letPass() {
            return new Repair(reason, upTo, restarts, 0, true);
        }

        /** An ACK of everything sent is the client's own, and not the answer to a packet that it had already. */
        boolean endOfWindowIsCertain() {
            return reason != Reason.WINDOW && probes == 0;
        }

        /** The client has confirmed everything sent; only late copies of that last ACK are still to be told apart. */
        Repair settled() {
            return equals(NEVER) ? this : new Repair(Reason.NONE, upTo);
        }
    }

    /** Why blocks were sent again. */
    enum Reason {
        /** They were not, or the client has confirmed them all. */
        NONE,
        /** An ACK showed a gap: the client lacked what followed, so it got nothing that it had. */
        GAP,
        /** The timer ran out: the client may have had any part of them. */
        WINDOW
    }

    /** The client confirmed the last block. */
    record Completed(Progress progress) implements ReadState {}

    /** Over for any other reason. */
    record Aborted(TransferOutcome outcome, Progress progress) implements ReadState {}
}
