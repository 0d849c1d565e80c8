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
     * @param repeatedUpTo the last block sent when something was last sent again, -1 if nothing ever was. Until the
     *     client has passed it, its ACKs may be answers to doubled packets and do not restart a window.
     * @param retransmitted OACK and DATA packets sent more than once
     */
    record SendingWindow(
            TransferTerms terms,
            TransferSize size,
            long acknowledged,
            long sent,
            int retries,
            long repeatedUpTo,
            long retransmitted)
            implements ReadState {

        @Override
        public Progress progress() {
            long bytes = acknowledged * terms.blockSize();
            return new Progress(size.known() ? Math.min(bytes, size.bytes()) : bytes, retransmitted);
        }

        /**
         * True when the client had begun to acknowledge and then fell silent for longer than the timer. If such a client
         * asks for the file again, it has restarted and will never go on here; otherwise a repeated request is only late.
         */
        public boolean stalled() {
            return acknowledged > 0 && retries > 0;
        }
    }

    /** The client confirmed the last block. */
    record Completed(Progress progress) implements ReadState {}

    /** Over for any other reason. */
    record Aborted(TransferOutcome outcome, Progress progress) implements ReadState {}
}
