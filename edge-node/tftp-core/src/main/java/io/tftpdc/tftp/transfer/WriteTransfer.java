package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Commit;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Input.Cancelled;
import io.tftpdc.tftp.transfer.Input.CommitFailed;
import io.tftpdc.tftp.transfer.Input.Committed;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.Input.Replaced;
import io.tftpdc.tftp.transfer.Input.SourceEnded;
import io.tftpdc.tftp.transfer.Input.SourceFailed;
import io.tftpdc.tftp.transfer.Input.TimerFired;
import io.tftpdc.tftp.transfer.WriteState.Aborted;
import io.tftpdc.tftp.transfer.WriteState.Committing;
import io.tftpdc.tftp.transfer.WriteState.Completed;
import io.tftpdc.tftp.transfer.WriteState.Dallying;
import io.tftpdc.tftp.transfer.WriteState.Receiving;
import java.util.List;
import java.util.OptionalLong;

/**
 * The server's side of a write (RFC 1350, with the windows of RFC 7440).
 *
 * <pre>
 *                  start: OACK, or ACK 0
 *                        │
 *                        ▼     block in order: accept; at the window's end ACK
 *               ┌────────────────┐──┐
 *               │   Receiving    │  │  gap, timer: ACK of the last block in order
 *               └─┬───────────┬──┘◄─┘
 *                 │           │ last block: accept, commit
 *                 │           ▼
 *   ERROR, too    │   ┌────────────────┐
 *   large,        │◄──│   Committing   │  repeats of the last block: nothing
 *   retries       │   └───────┬────────┘
 *   spent,        │           │ committed: ACK of the last block
 *   cancelled     │           ▼
 *                 │   ┌────────────────┐──┐
 *                 │   │    Dallying    │  │  last block again: its ACK again
 *                 │   └───────┬────────┘◄─┘
 *                 ▼           ▼ timer
 *          ┌─────────┐   ┌───────────┐
 *          │ Aborted │   │ Completed │
 *          └─────────┘   └───────────┘
 * </pre>
 *
 * States: {@link Receiving}, {@link Committing}, {@link Dallying}, {@link Completed}, {@link Aborted}.
 *
 * <p>Four rules deserve their reasons:
 *
 * <ul>
 *   <li><b>The last ACK is a promise</b>: it goes out when the file is durable, and not before. A client that repeats
 *       its last block meanwhile is neither answered nor is its block stored twice.
 *   <li><b>A gap is acknowledged once</b> (RFC 7440 section 4), and then once more for each further window of packets
 *       beyond it: the client's answer is a whole window, so an ACK for each of these packets would multiply them.
 *   <li><b>The repeat of an acknowledged block is answered after the timer has run out, and once each time</b>: the
 *       client has lost our ACK. A repeat that comes sooner was doubled by the network.
 *   <li><b>After the last ACK we stay for a while</b> (RFC 1350 section 6): if it is lost, the client repeats its last
 *       block, and would take an error or silence for a failed upload.
 * </ul>
 *
 * Packets that have no business in a write (ACK, OACK, RRQ) are ignored.
 */
public final class WriteTransfer {

    /** With the delays of the default policy 2 + 4 seconds; most clients repeat after at most 5. */
    private static final int DALLY_WAITS = 2;

    /**
     * The second because the first, or its answer, may be lost like any packet; no more because a client that reads its
     * file slowly may answer each of them with a window when it wakes.
     */
    private static final int MOST_EARLY_ASKS = 2;

    private static final TransferOutcome STARTED_AGAIN =
            new TransferOutcome.AbortedByClient(ErrorCode.NOT_DEFINED, "the client asked again from the beginning");

    private WriteTransfer() {}

    /**
     * The first state of a write on these terms: the OACK when there is one, otherwise ACK 0; or ERROR 3 when the client
     * announces (tsize, RFC 2349) more than {@code mostBytes}.
     *
     * @param mostBytes what the file may have at most, in bytes as they travel; not negative
     */
    public static Step<WriteState> start(TransferTerms terms, long mostBytes) {
        Receiving state = new Receiving(terms, mostBytes, 0, 0, 0, 0, 0, 0, false, 0);
        OptionalLong announced = OptionNegotiation.announcedSize(terms.acknowledged());
        if (announced.isPresent() && announced.getAsLong() > mostBytes) {
            return tooLarge(state, announced.getAsLong());
        }
        return new Step<>(state, List.of(reply(terms, 0), new ArmTimer(0)));
    }

    /** What {@code input} does to a transfer in {@code state}. Total: every pair has an answer. */
    public static Step<WriteState> step(WriteState state, Input input) {
        return switch (state) {
            case Receiving receiving -> receiving(receiving, input);
            case Committing committing -> committing(committing, input);
            case Dallying dallying -> dallying(dallying, input);
            case Completed over -> Step.stay(over);
            case Aborted over -> Step.stay(over);
        };
    }

    private static Step<WriteState> receiving(Receiving state, Input input) {
        return switch (input) {
            case PacketReceived received ->
                switch (received.packet()) {
                    case Data data -> data(state, data.block(), data.payload().remaining());
                    case ErrorPacket error -> abortedByClient(state, error);
                    // The client repeats its request because our answer, or the request itself, was slow or lost.
                    case WriteRequest again -> state.accepted() == 0 ? repeatAnswer(state) : Step.stay(state);
                    case Ack ack -> Step.stay(state);
                    case OptionAck oack -> Step.stay(state);
                    case ReadRequest request -> Step.stay(state);
                };
            case TimerFired fired -> fired.early() ? firedEarly(state) : fired(state);
            case CommitFailed failed -> failed(state, failed.code(), failed.reason());
            case SourceFailed failed -> failed(state, ErrorCode.NOT_DEFINED, failed.reason());
            case Replaced replaced -> abort(state, STARTED_AGAIN);
            case Cancelled cancelled -> cancel(state, cancelled);
            case Committed early -> Step.stay(state);
            case SourceEnded ended -> Step.stay(state);
        };
    }

    private static Step<WriteState> data(Receiving state, BlockNumber block, int length) {
        TransferTerms terms = state.terms();
        int wireNumber = block.value();
        long next = state.accepted() + 1;
        if (wireNumber == terms.wireNumber(next)) {
            return inOrder(state, length);
        }
        if (state.accepted() > 0 && wireNumber == terms.wireNumber(state.accepted())) {
            return state.mayRepeat() ? repeatAnswer(state) : Step.stay(state);
        }
        long ahead = terms.rollover().countFrom(next, wireNumber) - next;
        return ahead < terms.windowSize() ? beyondGap(state) : Step.stay(state);
    }

    private static Step<WriteState> inOrder(Receiving state, int length) {
        TransferTerms terms = state.terms();
        if (length > terms.blockSize()) {
            String reason = "a block of " + length + " bytes; agreed were " + terms.blockSize();
            return failed(state, ErrorCode.ILLEGAL_OPERATION, reason);
        }
        long block = state.accepted() + 1;
        long bytes = state.bytes() + length;
        if (bytes > state.mostBytes()) {
            return tooLarge(state, bytes);
        }
        Accept accept = new Accept(block, length);
        if (length < terms.blockSize()) {
            return new Step<>(
                    new Committing(terms, block, new Progress(bytes, state.repeated())), List.of(accept, new Commit()));
        }
        Receiving next = state.accepting(length);
        if (next.acknowledged() == block) {
            return new Step<>(next, List.of(accept, reply(terms, block), new ArmTimer(0)));
        }
        return new Step<>(next, state.waitedInVain() ? List.of(accept, new ArmTimer(0)) : List.of(accept));
    }

    /** A block of the client's window, but not the next one: that one is lost, or late. */
    private static Step<WriteState> beyondGap(Receiving state) {
        boolean tell =
                state.outOfOrder() == 0 || state.outOfOrder() >= state.terms().windowSize();
        return tell
                ? new Step<>(state.tellingGap(), List.of(replyTo(state), new ArmTimer(state.retries())))
                : Step.stay(state.beyondGap());
    }

    private static Step<WriteState> fired(Receiving state) {
        return state.terms().retransmit().exhausted(state.retries())
                ? abort(state, new TransferOutcome.TimedOut())
                : ask(state.waited(state.retries() + 1, state.asks()));
    }

    private static Step<WriteState> firedEarly(Receiving state) {
        return state.asks() < MOST_EARLY_ASKS
                ? ask(state.waited(state.retries(), state.asks() + 1))
                : new Step<>(state.waited(state.retries(), state.asks()), List.of(new ArmTimer(state.retries())));
    }

    private static Step<WriteState> ask(Receiving state) {
        return new Step<>(state.acknowledging(true), List.of(replyTo(state), new ArmTimer(state.retries())));
    }

    /** The last answer again, to a client that has not heard it. */
    private static Step<WriteState> repeatAnswer(Receiving state) {
        return new Step<>(state.acknowledging(false), List.of(replyTo(state)));
    }

    private static Send replyTo(Receiving state) {
        return reply(state.terms(), state.accepted());
    }

    private static Step<WriteState> committing(Committing state, Input input) {
        return switch (input) {
            case Committed done ->
                new Step<>(
                        new Dallying(state.terms(), state.lastBlock(), 0, state.progress()),
                        List.of(reply(state.terms(), state.lastBlock()), new ArmTimer(1)));
            case CommitFailed failed -> failed(state, failed.code(), failed.reason());
            case SourceFailed failed -> failed(state, ErrorCode.NOT_DEFINED, failed.reason());
            case PacketReceived received ->
                received.packet() instanceof ErrorPacket error ? abortedByClient(state, error) : Step.stay(state);
            case Replaced replaced -> abort(state, STARTED_AGAIN);
            case Cancelled cancelled -> cancel(state, cancelled);
            case TimerFired fired -> Step.stay(state);
            case SourceEnded ended -> Step.stay(state);
        };
    }

    private static Step<WriteState> dallying(Dallying state, Input input) {
        return switch (input) {
            case PacketReceived received ->
                switch (received.packet()) {
                    case Data data -> {
                        boolean last = data.block().value() == state.terms().wireNumber(state.lastBlock());
                        yield last ? repeatLast(state) : Step.stay(state);
                    }
                    case ErrorPacket error -> complete(state);
                    case Ack ack -> Step.stay(state);
                    case OptionAck oack -> Step.stay(state);
                    case ReadRequest request -> Step.stay(state);
                    case WriteRequest request -> Step.stay(state);
                };
            case TimerFired fired -> {
                int waits = fired.early() ? state.waits() : state.waits() + 1;
                yield waits >= DALLY_WAITS
                        ? complete(state)
                        : new Step<>(
                                new Dallying(state.terms(), state.lastBlock(), waits, state.progress()),
                                List.of(new ArmTimer(waits + 1)));
            }
            case Replaced replaced -> complete(state);
            case Cancelled cancelled -> complete(state);
            case Committed again -> Step.stay(state);
            case CommitFailed late -> Step.stay(state);
            case SourceFailed late -> Step.stay(state);
            case SourceEnded ended -> Step.stay(state);
        };
    }

    private static Step<WriteState> repeatLast(Dallying state) {
        Progress progress = new Progress(
                state.progress().bytesAcknowledged(), state.progress().retransmittedPackets() + 1);
        return new Step<>(
                new Dallying(state.terms(), state.lastBlock(), state.waits(), progress),
                List.of(reply(state.terms(), state.lastBlock())));
    }

    private static Step<WriteState> complete(Dallying state) {
        return new Step<>(new Completed(state.progress()), List.of(new Finish(new TransferOutcome.Completed())));
    }

    /** What says that all blocks up to {@code block} are accepted: for block 0 the OACK, if options were agreed. */
    private static Send reply(TransferTerms terms, long block) {
        TftpPacket packet = block == 0 && !terms.acknowledged().isEmpty()
                ? new OptionAck(terms.acknowledged())
                : new Ack(new BlockNumber(terms.wireNumber(block)));
        return new Send(packet);
    }

    private static Step<WriteState> tooLarge(Receiving state, long bytes) {
        String reason = "the file has " + bytes + " bytes or more; allowed are " + state.mostBytes();
        return failed(state, ErrorCode.DISK_FULL, reason);
    }

    private static Step<WriteState> failed(WriteState state, ErrorCode code, String reason) {
        return tellAndAbort(state, code, reason, new TransferOutcome.Failed(reason));
    }

    private static Step<WriteState> cancel(WriteState state, Cancelled cancelled) {
        String reason = cancelled.reason();
        return tellAndAbort(state, ErrorCode.NOT_DEFINED, reason, new TransferOutcome.Cancelled(reason));
    }

    private static Step<WriteState> tellAndAbort(
            WriteState state, ErrorCode code, String reason, TransferOutcome outcome) {
        return new Step<>(
                new Aborted(outcome, state.progress()),
                List.of(new Send(ErrorPacket.of(code, reason)), new Finish(outcome)));
    }

    private static Step<WriteState> abortedByClient(WriteState state, ErrorPacket error) {
        return abort(state, new TransferOutcome.AbortedByClient(error.code(), error.message()));
    }

    private static Step<WriteState> abort(WriteState state, TransferOutcome outcome) {
        return new Step<>(new Aborted(outcome, state.progress()), List.of(new Finish(outcome)));
    }
}
