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
     * @param repair what was last sent again, and why
     * @param repeatedUpTo the last block sent when something was last sent again, -1 if nothing ever was. Until the
     *     client has passed it, its ACKs may be answers to doubled packets, and {@code repair} says what they mean.
     * @param retransmitted OACK and DATA packets sent more than once
     */
    record SendingWindow(
            TransferTerms terms,
            TransferSize size,
            long acknowledged,
            long sent,
            int retries,
            Repair repair,
            long repeatedUpTo,
            long retransmitted)
            implements ReadState {

        @Override
        public Progress progress() {
            long bytes = acknowledged * terms.blockSize();
            return new Progress(size.known() ? Math.min(bytes, size.bytes()) : bytes, retransmitted);
        }

        /** True when nothing that was sent twice can still be answered: an ACK means what it says. */
        boolean undisturbed() {
            return acknowledged > repeatedUpTo;
        }

        /**
         * True when the client had begun to acknowledge and then fell silent for longer than the timer. If such a client
         * asks for the file again, it has restarted and will never go on here; otherwise a repeated request is only late.
         */
        public boolean stalled() {
            return acknowledged > 0 && (retries > 0 || repair == Repair.PROBE || repair == Repair.WINDOW);
        }
    }

    /** Why blocks were sent again, which decides how the ACKs that follow are understood. */
    enum Repair {
        /** Nothing ever was, or only the OACK, or the client has confirmed all that was. */
        NOTHING,
        /** An ACK showed a gap: the client lacked what followed it, so nothing was sent that it had. */
        GAP,
        /** The last block, because the timer ran out early: to make the client say where it is. */
        PROBE,
        /** The window, because the timer ran out: the client may have had any part of it. */
        WINDOW
    }

    /** The client confirmed the last block. */
    record Completed(Progress progress) implements ReadState {}

    /** Over for any other reason. */
    record Aborted(TransferOutcome outcome, Progress progress) implements ReadState {}
}
