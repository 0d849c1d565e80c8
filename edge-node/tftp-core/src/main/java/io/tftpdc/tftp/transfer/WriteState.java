package io.tftpdc.tftp.transfer;

/** Where a write is. {@link WriteTransfer} draws how the states follow each other. */
public sealed interface WriteState {

    /** How far it has come; final once the state is {@link Completed} or {@link Aborted}. */
    Progress progress();

    /**
     * Blocks are coming in. Blocks are counted from 1 and do not wrap; 0 stands for the request.
     *
     * @param mostBytes what the file may have at most
     * @param accepted the last block accepted; everything before it is accepted too
     * @param bytes accepted so far
     * @param acknowledged the last block acknowledged; the client's window follows it
     * @param outOfOrder packets beyond a gap since the gap was last acknowledged, that one included; 0 while there is
     *     none
     * @param retries how often the timer has made us repeat the acknowledgement since a block was last accepted
     * @param asks how often an early timer has done so since then
     * @param mayRepeat whether the next repeat of the block last acknowledged is answered. Until the timer has run out
     *     such a repeat is a packet that the network doubled; to answer it would double all that follows with clients
     *     that know nothing of RFC 1123 section 4.2.3.1.
     * @param repeated acknowledgements sent more than once
     */
    record Receiving(
            TransferTerms terms,
            long mostBytes,
            long accepted,
            long bytes,
            long acknowledged,
            int outOfOrder,
            int retries,
            int asks,
            boolean mayRepeat,
            long repeated)
            implements WriteState {
        @Override
        public Progress progress() {
            return new Progress(bytes, repeated);
        }

        /** One block more; everything that was remembered of gaps and timers is forgotten. */
        Receiving accepting(int length) {
            long block = accepted + 1;
            boolean windowComplete = block - acknowledged >= terms.windowSize();
            return new Receiving(
                    terms,
                    mostBytes,
                    block,
                    bytes + length,
                    windowComplete ? block : acknowledged,
                    0,
                    0,
                    0,
                    false,
                    repeated);
        }

        /** One packet more from beyond a gap. */
        Receiving beyondGap() {
            return new Receiving(
                    terms,
                    mostBytes,
                    accepted,
                    bytes,
                    acknowledged,
                    outOfOrder + 1,
                    retries,
                    asks,
                    mayRepeat,
                    repeated);
        }

        /** The gap has been acknowledged: counts the packets beyond it anew. */
        Receiving tellingGap() {
            long more = acknowledged == accepted ? 1 : 0;
            return new Receiving(
                    terms, mostBytes, accepted, bytes, accepted, 1, retries, asks, mayRepeat, repeated + more);
        }

        /** All that is accepted has been acknowledged, perhaps once more; the client's next window follows it. */
        Receiving acknowledging(boolean nowMayRepeat) {
            long more = acknowledged == accepted ? 1 : 0;
            return new Receiving(
                    terms,
                    mostBytes,
                    accepted,
                    bytes,
                    accepted,
                    outOfOrder,
                    retries,
                    asks,
                    nowMayRepeat,
                    repeated + more);
        }

        /** The timer has run out. */
        Receiving waited(int nowRetries, int nowAsks) {
            return new Receiving(
                    terms, mostBytes, accepted, bytes, acknowledged, outOfOrder, nowRetries, nowAsks, true, repeated);
        }

        /** True when the timer has run out since a block was last accepted. */
        boolean waitedInVain() {
            return asks > 0 || retries > 0;
        }

        /**
         * True when the client had begun to send and then fell silent for longer than the timer. If such a client asks
         * to write the file again, it has restarted and will never go on here; otherwise a repeated request is only late.
         */
        public boolean stalled() {
            return accepted > 0 && retries > 0;
        }
    }

    /**
     * All blocks are accepted, and the file is being made durable. The client repeats its last block meanwhile and gets
     * no answer.
     */
    record Committing(TransferTerms terms, long lastBlock, Progress progress) implements WriteState {}

    /**
     * The file is durable and the last block is acknowledged; in case that ACK is lost we stay and answer the client's
     * repeats.
     *
     * @param waits how many delays of the timer are over
     */
    record Dallying(TransferTerms terms, long lastBlock, int waits, Progress progress) implements WriteState {}

    /** The file is durable and the client had time to hear of it. */
    record Completed(Progress progress) implements WriteState {}

    /** Over for any other reason; nothing of the file may become visible. */
    record Aborted(TransferOutcome outcome, Progress progress) implements WriteState {}
}
