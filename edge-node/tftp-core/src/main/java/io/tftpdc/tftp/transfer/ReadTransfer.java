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
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.Cancelled;
import io.tftpdc.tftp.transfer.Input.CommitFailed;
import io.tftpdc.tftp.transfer.Input.Committed;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.Input.Replaced;
import io.tftpdc.tftp.transfer.Input.SourceEnded;
import io.tftpdc.tftp.transfer.Input.SourceFailed;
import io.tftpdc.tftp.transfer.Input.TimerFired;
import io.tftpdc.tftp.transfer.ReadState.Aborted;
import io.tftpdc.tftp.transfer.ReadState.AwaitingOptionAck;
import io.tftpdc.tftp.transfer.ReadState.Completed;
import io.tftpdc.tftp.transfer.ReadState.Reason;
import io.tftpdc.tftp.transfer.ReadState.Repair;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;
import java.util.List;

/**
 * The server's side of a read (RFC 1350, with the windows of RFC 7440).
 *
 * <pre>
 *             options agreed                          no options
 *   start ───────────────────┐                 ┌─────────────────── start
 *                            ▼                 ▼
 *      timer: OACK  ┌─────────────────┐ ACK 0 ┌───────────────┐  gap ACK, timer: window again
 *      again     ┌──│AwaitingOptionAck│──────►│ SendingWindow │──┐
 *                └─►└───────┬─────────┘       └──┬─────────┬──┘◄─┘  early timer: last block again
 *                           │ ERROR, retries     │         │        ACK of the window: next window
 *                           │ spent, cancelled   │ same    │ ACK of the last block
 *                           ▼                    ▼         ▼
 *                       ┌───────────────────────────┐  ┌───────────┐
 *                       │          Aborted          │  │ Completed │
 *                       └───────────────────────────┘  └───────────┘
 * </pre>
 *
 * States: {@link AwaitingOptionAck}, {@link SendingWindow}, {@link Completed}, {@link Aborted}.
 *
 * <p>Some rules deserve their reasons:
 *
 * <ul>
 *   <li><b>A duplicate ACK never sends DATA when the window is one block</b> (RFC 1123 section 4.2.3.1), or every
 *       packet would be doubled for the rest of the transfer. Only the timer repeats a block.
 *   <li><b>In a larger window, an ACK of anything but its end means a gap</b> (RFC 7440 section 4): sending restarts
 *       after the acknowledged block. But clients answer a doubled block with such an ACK too, and a window sent again
 *       for it would double all that follows. So {@link Repair} remembers what was last sent again and why:
 *       <ul>
 *         <li>After a gap the client lacked all that was sent again, and a later ACK inside that window shows the next
 *             gap; which restarts the window once more, but only so often in a row, since a network that reorders shows
 *             gaps that are none.
 *         <li>After the timer the client may have had all that was sent again, and such an ACK only lets new blocks out.
 *         <li>Some clients end their windows at multiples of the window size whatever was lost. Until one has been seen
 *             to do otherwise, an ACK there may be just that, and only lets new blocks out.
 *       </ul>
 *   <li><b>When the timer fires early, a probe goes first</b>: the last block alone (as RFC 8985 section 7 does for
 *       TCP). A client that lacks it has the whole window then; one whose ACK was lost, or that lacks an earlier block,
 *       says so; and if it was only slow, one packet was wasted. After a second probe in vain the window is sent again.
 *       If an ACK was let pass that may have meant a gap, the first probe in vain shows that it did.
 *   <li><b>An ERROR is never answered</b>, and ERROR 8 or 0 in answer to the OACK is a {@link TransferOutcome.Probe}:
 *       firmware that only wanted the size says so in this way.
 * </ul>
 *
 * Packets that have no business in a read (DATA, OACK, WRQ) are ignored: the timer reaps a client that sends nothing
 * else.
 */
public final class ReadTransfer {

    /**
     * With 5% loss every other window of 16 has a gap, and so has every other one that repairs it. When more follow each
     * other than this, it is rather the repairs that make the gaps: each doubles what a reordering network delays.
     */
    private static final int MOST_RESTARTS_IN_A_ROW = 4;

    /** The second one because the first, or its answer, may be lost like any packet. */
    static final int MOST_PROBES = 2;

    private static final TransferOutcome STARTED_AGAIN =
            new TransferOutcome.AbortedByClient(ErrorCode.NOT_DEFINED, "the client asked again from the beginning");

    private ReadTransfer() {}

    /** The first state of a read on these terms: the OACK when there is one, otherwise the first window. */
    public static Step<ReadState> start(TransferTerms terms, TransferSize size) {
        if (terms.acknowledged().isEmpty()) {
            return advance(new SendingWindow(terms, size, 0, 0, 0, Repair.NEVER, false, 0), 0);
        }
        AwaitingOptionAck state = new AwaitingOptionAck(terms, size, 0, 0);
        return new Step<>(state, List.of(oack(terms), new ArmTimer(0)));
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
                int retries = fired.early() ? state.retries() : state.retries() + 1;
                yield retries > state.terms().retransmit().mostRetries()
                        ? abort(state, new TransferOutcome.TimedOut())
                        : new Step<>(
                                new AwaitingOptionAck(state.terms(), state.size(), retries, state.retransmitted() + 1),
                                List.of(oack(state.terms()), new ArmTimer(retries)));
            }
            case SourceEnded ended ->
                Step.stay(new AwaitingOptionAck(
                        state.terms(), new TransferSize(ended.bytes()), state.retries(), state.retransmitted()));
            case SourceFailed failed -> sourceFailed(state, failed);
            case Replaced replaced -> abort(state, STARTED_AGAIN);
            case Cancelled cancelled -> cancel(state, cancelled);
            case Committed none -> Step.stay(state);
            case CommitFailed none -> Step.stay(state);
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
        Repair repair = state.retransmitted() > 0 ? new Repair(Reason.NONE, 0) : Repair.NEVER;
        return advance(
                new SendingWindow(state.terms(), state.size(), 0, 0, 0, repair, false, state.retransmitted()), 0);
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
            case TimerFired fired -> fired.early() ? firedEarly(state) : fired(state);
            case SourceEnded ended -> sourceEnded(state, ended.bytes());
            case SourceFailed failed -> sourceFailed(state, failed);
            case Replaced replaced -> abort(state, STARTED_AGAIN);
            case Cancelled cancelled -> cancel(state, cancelled);
            case Committed none -> Step.stay(state);
            case CommitFailed none -> Step.stay(state);
        };
    }

    private static Step<ReadState> fired(SendingWindow state) {
        return state.terms().retransmit().exhausted(state.retries())
                ? abort(state, new TransferOutcome.TimedOut())
                : repeatWindow(state, state.retries() + 1);
    }

    private static Step<ReadState> firedEarly(SendingWindow state) {
        Repair repair = state.repair();
        if (state.sent() - state.acknowledged() > 1) {
            if (repair.perhapsGap() && repair.probes() > 0) {
                return restart(state, state.acknowledged(), 1);
            }
            int mostProbes = repair.reason() == Reason.WINDOW ? 1 : MOST_PROBES;
            if (repair.probes() < mostProbes) {
                return probe(state);
            }
        }
        return repeatWindow(state, state.retries());
    }

    private static Step<ReadState> repeatWindow(SendingWindow state, int retries) {
        long last = lastOfWindow(state, state.acknowledged());
        return repeat(state, state.acknowledged(), retries, new Repair(Reason.WINDOW, last));
    }

    private static Step<ReadState> probe(SendingWindow state) {
        SendingWindow next = state.at(
                        state.acknowledged(),
                        state.sent(),
                        state.retries(),
                        state.repair().probed(state.sent()))
                .repeating(1);
        return new Step<>(next, List.of(new SendBlocks(state.sent(), state.sent()), new ArmTimer(state.retries())));
    }

    private static Step<ReadState> acknowledged(SendingWindow state, BlockNumber block) {
        TransferTerms terms = state.terms();
        long acknowledged = terms.rollover().countFrom(state.acknowledged(), block.value());
        if (acknowledged > state.sent()) {
            return Step.stay(state); // late, from before this window, or never sent
        }
        if (acknowledged == state.size().lastBlock(terms.blockSize())) {
            return new Step<>(
                    new Completed(new Progress(state.size().bytes(), state.retransmitted())),
                    List.of(new Finish(new TransferOutcome.Completed())));
        }
        if (acknowledged == state.sent()) {
            return advance(state.confirmed(), acknowledged);
        }
        return terms.windowSize() == 1 ? Step.stay(state) : insideWindow(state, acknowledged);
    }

    /** An ACK of some block before the last one sent, with a window of several blocks: a gap, or an answer to a repeat. */
    private static Step<ReadState> insideWindow(SendingWindow state, long acknowledged) {
        Repair repair = state.repair();
        if (acknowledged > repair.upTo() || repair.probes() > 0) {
            return restart(state, acknowledged, 1);
        }
        if (acknowledged == state.acknowledged()) {
            // One more answer to the same gap, or to another packet that was sent twice.
            return repair.reason() == Reason.NONE
                    ? Step.stay(state.at(acknowledged, state.sent(), state.retries(), repair.letPass()))
                    : Step.stay(state);
        }
        boolean certain = repair.reason() == Reason.GAP && repair.restarts() < MOST_RESTARTS_IN_A_ROW;
        boolean perhapsEndOfWindow =
                !state.windowsFollowAcks() && acknowledged % state.terms().windowSize() == 0;
        return certain && !perhapsEndOfWindow
                ? restart(state, acknowledged, repair.restarts() + 1)
                : advance(state.at(acknowledged, state.sent(), 0, repair.letPass()), acknowledged);
    }

    /**
     * The client lacks the block after {@code acknowledged}, and takes no later one without it.
     *
     * @param restarts how many in a row this makes of those that may have been caused by each other
     */
    private static Step<ReadState> restart(SendingWindow state, long acknowledged, int restarts) {
        int retries = acknowledged > state.acknowledged() ? 0 : state.retries();
        long last = lastOfWindow(state, acknowledged);
        return repeat(state, acknowledged, retries, new Repair(Reason.GAP, last, restarts, 0, false));
    }

    /** Sends the window after {@code acknowledged}, some or all of which was sent before. */
    private static Step<ReadState> repeat(SendingWindow state, long acknowledged, int retries, Repair repair) {
        SendingWindow next =
                state.at(acknowledged, repair.upTo(), retries, repair).repeating(state.sent() - acknowledged);
        return new Step<>(next, List.of(new SendBlocks(acknowledged + 1, next.sent()), new ArmTimer(retries)));
    }

    /** Sends what the window after {@code acknowledged} holds beyond the blocks already sent, if anything. */
    private static Step<ReadState> advance(SendingWindow state, long acknowledged) {
        long last = lastOfWindow(state, acknowledged);
        SendingWindow next = state.at(acknowledged, last, 0, state.repair());
        Action arm = new ArmTimer(0);
        return new Step<>(
                next, last > state.sent() ? List.of(new SendBlocks(state.sent() + 1, last), arm) : List.of(arm));
    }

    private static long lastOfWindow(SendingWindow state, long acknowledged) {
        TransferTerms terms = state.terms();
        return Math.min(acknowledged + terms.windowSize(), state.size().lastBlock(terms.blockSize()));
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
                state.repair(),
                state.windowsFollowAcks(),
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
}
