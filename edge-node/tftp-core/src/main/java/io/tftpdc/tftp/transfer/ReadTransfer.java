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
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendData;
import io.tftpdc.tftp.transfer.Input.Cancelled;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.Input.Replaced;
import io.tftpdc.tftp.transfer.Input.SourceEnded;
import io.tftpdc.tftp.transfer.Input.SourceFailed;
import io.tftpdc.tftp.transfer.Input.TimerFired;
import io.tftpdc.tftp.transfer.ReadState.Aborted;
import io.tftpdc.tftp.transfer.ReadState.AwaitingOptionAck;
import io.tftpdc.tftp.transfer.ReadState.Completed;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;
import java.util.ArrayList;
import java.util.List;

/**
 * The server's side of a read (RFC 1350, with the windows of RFC 7440).
 *
 * <pre>
 *             options agreed                          no options
 *   start ───────────────────┐                 ┌─────────────────── start
 *                            ▼                 ▼
 *      timer: OACK  ┌─────────────────┐ ACK 0 ┌───────────────┐  timer, gap ACK: window again
 *      again     ┌──│AwaitingOptionAck│──────►│ SendingWindow │──┐
 *                └─►└───────┬─────────┘       └──┬─────────┬──┘◄─┘  ACK of the window: next window
 *                           │ ERROR, retries     │         │
 *                           │ spent, cancelled   │ same    │ ACK of the last block
 *                           ▼                    ▼         ▼
 *                       ┌───────────────────────────┐  ┌───────────┐
 *                       │          Aborted          │  │ Completed │
 *                       └───────────────────────────┘  └───────────┘
 * </pre>
 *
 * States: {@link AwaitingOptionAck}, {@link SendingWindow}, {@link Completed}, {@link Aborted}.
 *
 * <p>Three rules deserve their reasons:
 *
 * <ul>
 *   <li><b>A duplicate ACK never sends DATA when the window is one block</b> (RFC 1123 section 4.2.3.1), or every
 *       packet would be doubled for the rest of the transfer. Only the timer repeats a block.
 *   <li><b>In a larger window, an ACK of anything but its end means a gap</b> (RFC 7440 section 4): sending restarts
 *       after the acknowledged block. But many clients answer a doubled block with such an ACK too, and a window sent
 *       twice for it would double every window from there on. So after a repeat, ACKs restart nothing until the client
 *       is past everything that had been sent by then; they only let new blocks out, and what is lost meanwhile is the
 *       timer's to repeat.
 *   <li><b>An ERROR is never answered</b>, and ERROR 8 or 0 in answer to the OACK is a {@link TransferOutcome.Probe}:
 *       firmware that only wanted the size says so in this way.
 * </ul>
 *
 * Packets that have no business in a read (DATA, OACK, WRQ) are ignored: the timer reaps a client that sends nothing
 * else.
 */
public final class ReadTransfer {

    private static final long NEVER_REPEATED = -1;
    private static final TransferOutcome STARTED_AGAIN =
            new TransferOutcome.AbortedByClient(ErrorCode.NOT_DEFINED, "the client asked again from the beginning");

    private ReadTransfer() {}

    /** The first state of a read on these terms: the OACK when there is one, otherwise the first window. */
    public static Step<ReadState> start(TransferTerms terms, TransferSize size) {
        if (terms.acknowledged().isEmpty()) {
            return sendFrom(terms, size, 0, 1, 0, 0, NEVER_REPEATED, 0);
        }
        AwaitingOptionAck state = new AwaitingOptionAck(terms, size, 0, 0);
        return new Step<>(state, List.of(oack(terms), arm(terms, 0)));
    }

    /** What {@code input} does to a transfer in {@code state}. Total: every pair has an answer. */
    public static Step<ReadState> step(ReadState state, Input input) {
        return switch (state) {
            case AwaitingOptionAck awaiting -> awaitingOptionAck(awaiting, input);
            case SendingWindow sending -> sendingWindow(sending, input);
            case Completed over -> Step.stay(over);
            case Aborted over -> Step.stay(over);
        };
    }

    private static Step<ReadState> awaitingOptionAck(AwaitingOptionAck state, Input input) {
        return switch (input) {
            case PacketReceived received -> awaitingOptionAck(state, received.packet());
            case TimerFired fired -> {
                int retries = state.retries() + 1;
                yield state.terms().retransmit().exhausted(state.retries())
                        ? abort(state, new TransferOutcome.TimedOut())
                        : new Step<>(
                                new AwaitingOptionAck(state.terms(), state.size(), retries, state.retransmitted() + 1),
                                List.of(oack(state.terms()), arm(state.terms(), retries)));
            }
            case SourceEnded ended ->
                Step.stay(new AwaitingOptionAck(
                        state.terms(), new TransferSize(ended.bytes()), state.retries(), state.retransmitted()));
            case SourceFailed failed -> sourceFailed(state, failed);
            case Replaced replaced -> abort(state, STARTED_AGAIN);
            case Cancelled cancelled -> cancel(state, cancelled);
        };
    }

    private static Step<ReadState> awaitingOptionAck(AwaitingOptionAck state, TftpPacket packet) {
        return switch (packet) {
            case Ack ack -> ack.block().equals(BlockNumber.ZERO) ? agreed(state) : Step.stay(state);
            // The client repeats its request because our OACK, or the request itself, was slow or lost.
            case ReadRequest again ->
                new Step<>(
                        new AwaitingOptionAck(state.terms(), state.size(), state.retries(), state.retransmitted() + 1),
                        List.of(oack(state.terms())));
            case ErrorPacket error -> {
                boolean probe = error.code().equals(ErrorCode.OPTIONS_REFUSED)
                        || error.code().equals(ErrorCode.NOT_DEFINED);
                yield abort(
                        state,
                        probe
                                ? new TransferOutcome.Probe()
                                : new TransferOutcome.AbortedByClient(error.code(), error.message()));
            }
            case Data data -> Step.stay(state);
            case OptionAck oack -> Step.stay(state);
            case WriteRequest request -> Step.stay(state);
        };
    }

    private static Step<ReadState> agreed(AwaitingOptionAck state) {
        // An OACK sent twice is answered twice; the second ACK 0 must not restart the first window.
        long repeatedUpTo = state.retransmitted() > 0 ? 0 : NEVER_REPEATED;
        return sendFrom(state.terms(), state.size(), 0, 1, 0, 0, repeatedUpTo, state.retransmitted());
    }

    private static Step<ReadState> sendingWindow(SendingWindow state, Input input) {
        return switch (input) {
            case PacketReceived received ->
                switch (received.packet()) {
                    case Ack ack -> acknowledged(state, ack.block());
                    case ErrorPacket error ->
                        abort(state, new TransferOutcome.AbortedByClient(error.code(), error.message()));
                    // A repeated request before the first ACK: our timer repeats the DATA that was lost.
                    case ReadRequest again -> Step.stay(state);
                    case Data data -> Step.stay(state);
                    case OptionAck oack -> Step.stay(state);
                    case WriteRequest request -> Step.stay(state);
                };
            case TimerFired fired ->
                state.terms().retransmit().exhausted(state.retries())
                        ? abort(state, new TransferOutcome.TimedOut())
                        : sendFrom(state, state.acknowledged(), state.acknowledged() + 1, state.retries() + 1);
            case SourceEnded ended -> sourceEnded(state, ended.bytes());
            case SourceFailed failed -> sourceFailed(state, failed);
            case Replaced replaced -> abort(state, STARTED_AGAIN);
            case Cancelled cancelled -> cancel(state, cancelled);
        };
    }

    private static Step<ReadState> acknowledged(SendingWindow state, BlockNumber block) {
        TransferTerms terms = state.terms();
        int advance = block.distanceFrom(BlockNumber.of(state.acknowledged()));
        long acknowledged = state.acknowledged() + advance;
        if (acknowledged > state.sent()) {
            return Step.stay(state); // late, from before this window, or never sent
        }
        if (acknowledged == state.size().lastBlock(terms.blockSize())) {
            return new Step<>(
                    new Completed(new Progress(state.size().bytes(), state.retransmitted())),
                    List.of(new Finish(new TransferOutcome.Completed())));
        }
        if (acknowledged == state.sent()) {
            return sendFrom(state, acknowledged, acknowledged + 1, 0);
        }
        boolean mayBeAnAnswerToADoubledPacket = acknowledged <= state.repeatedUpTo();
        if (mayBeAnAnswerToADoubledPacket) {
            return advance == 0 ? Step.stay(state) : sendFrom(state, acknowledged, state.sent() + 1, 0);
        }
        if (advance == 0) {
            return terms.windowSize() == 1
                    ? Step.stay(state)
                    : sendFrom(state, acknowledged, acknowledged + 1, state.retries());
        }
        return sendFrom(state, acknowledged, acknowledged + 1, 0);
    }

    /** Sends the blocks from {@code first} to the end of the window after {@code acknowledged}. */
    private static Step<ReadState> sendFrom(SendingWindow state, long acknowledged, long first, int retries) {
        return sendFrom(
                state.terms(),
                state.size(),
                acknowledged,
                first,
                state.sent(),
                retries,
                state.repeatedUpTo(),
                state.retransmitted());
    }

    private static Step<ReadState> sendFrom(
            TransferTerms terms,
            TransferSize size,
            long acknowledged,
            long first,
            long sentBefore,
            int retries,
            long repeatedUpTo,
            long retransmitted) {
        int blockSize = terms.blockSize();
        long last = Math.min(acknowledged + terms.windowSize(), size.lastBlock(blockSize));
        List<Action> actions = new ArrayList<>((int) Math.max(0, last - first + 1) + 1);
        for (long block = first; block <= last; block++) {
            actions.add(new SendData(
                    BlockNumber.of(block), TransferSize.offsetOf(block, blockSize), size.lengthOf(block, blockSize)));
        }
        actions.add(arm(terms, retries));
        long sent = Math.max(last, sentBefore);
        long repeats = Math.max(0, sentBefore - first + 1);
        SendingWindow state = new SendingWindow(
                terms, size, acknowledged, sent, retries, repeats > 0 ? sent : repeatedUpTo, retransmitted + repeats);
        return new Step<>(state, actions);
    }

    /** The source was shorter than the blocks we had planned: what lies beyond its end was never sent. */
    private static Step<ReadState> sourceEnded(SendingWindow state, long bytes) {
        TransferSize size = new TransferSize(bytes);
        long lastBlock = size.lastBlock(state.terms().blockSize());
        if (lastBlock <= state.acknowledged()) {
            return sourceFailed(state, new SourceFailed("the file became shorter while it was sent"));
        }
        return Step.stay(new SendingWindow(
                state.terms(),
                size,
                state.acknowledged(),
                Math.min(state.sent(), lastBlock),
                state.retries(),
                state.repeatedUpTo(),
                state.retransmitted()));
    }

    private static Step<ReadState> sourceFailed(ReadState state, SourceFailed failed) {
        return tellAndAbort(state, failed.reason(), new TransferOutcome.Failed(failed.reason()));
    }

    private static Step<ReadState> cancel(ReadState state, Cancelled cancelled) {
        return tellAndAbort(state, cancelled.reason(), new TransferOutcome.Cancelled(cancelled.reason()));
    }

    private static Step<ReadState> tellAndAbort(ReadState state, String reason, TransferOutcome outcome) {
        return new Step<>(
                new Aborted(outcome, state.progress()),
                List.of(new Send(ErrorPacket.of(ErrorCode.NOT_DEFINED, reason)), new Finish(outcome)));
    }

    private static Step<ReadState> abort(ReadState state, TransferOutcome outcome) {
        return new Step<>(new Aborted(outcome, state.progress()), List.of(new Finish(outcome)));
    }

    private static Action oack(TransferTerms terms) {
        return new Send(new OptionAck(terms.acknowledged()));
    }

    private static Action arm(TransferTerms terms, int retries) {
        return new ArmTimer(terms.retransmit().delay(retries));
    }
}
