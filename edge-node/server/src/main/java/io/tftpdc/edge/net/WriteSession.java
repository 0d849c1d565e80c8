package io.tftpdc.edge.net;

import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Ticket;
import io.tftpdc.edge.upload.UploadResult;
import io.tftpdc.edge.upload.UploadSink;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.transfer.Action;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Commit;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.Progress;
import io.tftpdc.tftp.transfer.RetransmitTimer;
import io.tftpdc.tftp.transfer.SteadyWrite;
import io.tftpdc.tftp.transfer.Step;
import io.tftpdc.tftp.transfer.TransferId;
import io.tftpdc.tftp.transfer.TransferOutcome;
import io.tftpdc.tftp.transfer.TransferTerms;
import io.tftpdc.tftp.transfer.WriteState;
import io.tftpdc.tftp.transfer.WriteTransfer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running upload: keeps its state and carries out what {@link WriteTransfer} decides. Used by one event loop.
 *
 * <p>The ordinary course, full blocks in order, is {@link SteadyWrite}'s and makes no object; everything else goes through
 * {@link WriteTransfer#step}.
 *
 * <p>When more has come than can be stored at once, the ACK waits, and with it the client: what it repeats meanwhile is
 * dropped, since all it asks for is that ACK. The transfer is reported, and its slot is free, as soon as its outcome is
 * known; the session stays a little longer in case the last ACK is lost.
 */
final class WriteSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(WriteSession.class);

    private static final String BROKEN = "the server failed; nothing was stored";

    private final SessionShell shell;
    private final UploadSink sink;
    private final UploadData data;
    private final AckSender acks;
    private final SteadyWrite steady;

    /** Not kept up to date while {@link #steady} is entered. */
    private WriteState state;

    /** What is to be done when the sink is ready again; empty while it is. */
    private List<Action> heldBack = List.of();

    private @Nullable ByteBuffer payload;
    private Optional<UploadResult> result = Optional.empty();
    private boolean reported;
    private boolean over;

    /** Takes over {@code ticket} and {@code sink}. */
    WriteSession(
            SessionLoop loop, Request request, Ticket ticket, UploadSink sink, TransferTerms terms, TransferPort port) {
        this.shell = new SessionShell(
                loop,
                request,
                ticket,
                terms,
                port,
                RetransmitTimer.forWrite(terms),
                loop.metrics().receivedBytes,
                this::timerFired,
                this::broken);
        this.sink = sink;
        this.data = UploadData.into(sink, request.packet().mode());
        this.acks = shell.client.ackSender();
        this.steady = new SteadyWrite(terms);
        // The sink knows what is too much, in bytes of content, and says what to do about it.
        Step<WriteState> first = WriteTransfer.start(terms, Long.MAX_VALUE);
        this.state = first.next();
        this.heldBack = first.actions();
    }

    @Override
    public TransferId id() {
        return shell.id;
    }

    @Override
    public Request request() {
        return shell.request;
    }

    /** The first step: OACK or ACK 0. */
    void start() {
        shell.ticket.onGivenUp(this::giveUp);
        shell.client.attach(this);
        resume();
    }

    /** Also when this one is only waiting for repeats: then the client wants to upload the file once more. */
    @Override
    public boolean supersededBy(Request again) {
        boolean done =
                switch (state()) {
                    case WriteState.Receiving receiving -> receiving.stalled();
                    case WriteState.Committing committing -> false;
                    case WriteState.Dallying dallying -> true;
                    case WriteState.Completed completed -> true;
                    case WriteState.Aborted aborted -> true;
                };
        return done || !again.packet().equals(shell.request.packet());
    }

    @Override
    public boolean received(int block, ByteBuffer bytes, long nowNanos) {
        if (isHeldBack() || !steady.received(block, bytes.remaining())) {
            return false;
        }
        shell.ticket.answered(nowNanos);
        try {
            receivedInOrder(bytes, nowNanos);
        } catch (RuntimeException | OutOfMemoryError failure) {
            broken(failure);
        }
        return true;
    }

    private void receivedInOrder(ByteBuffer bytes, long nowNanos) {
        data.accept(bytes);
        shell.count(steady.bytes());
        int acknowledge = steady.acknowledge();
        if (sink.hasFailed()) {
            sinkFailed();
        } else if (acknowledge == SteadyWrite.NOTHING) {
            return;
        } else if (sink.ready()) {
            acks.send(acknowledge);
            shell.retransmit.replied(steady.accepted(), nowNanos);
            shell.arm(0, nowNanos);
        } else {
            holdBack(List.of(new Send(new Ack(new BlockNumber(acknowledge))), new ArmTimer(0)));
        }
    }

    @Override
    public void on(Input input) {
        if (over || !ticketAllows(input) || (isHeldBack() && SessionShell.canWait(input))) {
            return;
        }
        heldBack = List.of();
        payload = input instanceof PacketReceived received && received.packet() instanceof Data block
                ? block.payload()
                : null;
        shell.guarded(() -> take(WriteTransfer.step(state(), input)));
        payload = null;
    }

    private boolean ticketAllows(Input input) {
        return switch (shell.permits(input, true)) {
            case GRANTED -> true;
            case IGNORED -> false;
            case EXHAUSTED -> {
                shell.guarded(() -> finish(new TransferOutcome.TimedOut()));
                shell.loop.registry().forget(shell.id);
                yield false;
            }
        };
    }

    /** Makes room for another transfer, without a word: this client has not answered, and may not be there. */
    private void giveUp() {
        if (!over) {
            reported = true;
            shell.guarded(() -> finish(new TransferOutcome.TimedOut()));
        }
    }

    private WriteState state() {
        if (steady.entered()) {
            state = steady.state();
        }
        return state;
    }

    private boolean isHeldBack() {
        return !heldBack.isEmpty();
    }

    private void broken(Throwable failure) {
        LOG.atError()
                .setMessage("an upload failed")
                .addKeyValue("transferId", shell.id)
                .addKeyValue("filePath", sink.tenant() + "/" + sink.path())
                .setCause(failure)
                .log();
        if (!over) {
            shell.client.send(ErrorPacket.of(ErrorCode.NOT_DEFINED, BROKEN));
            finish(new TransferOutcome.Failed(BROKEN));
        }
    }

    private void take(Step<WriteState> step) {
        state = step.next();
        if (state instanceof WriteState.Receiving receiving) {
            steady.enter(receiving);
        } else {
            steady.leave();
        }
        Progress progress = state.progress();
        shell.count(progress.bytesAcknowledged());
        shell.countRetransmissions(progress);
        carryOut(step.actions());
    }

    private void carryOut(List<Action> actions) {
        for (int i = 0; i < actions.size() && !over; i++) {
            switch (actions.get(i)) {
                case Accept accept -> {
                    accept();
                    if (sink.hasFailed()) {
                        sinkFailed();
                        return;
                    }
                }
                case Send send -> {
                    if (state instanceof WriteState.Receiving && !sink.ready()) {
                        holdBack(List.copyOf(actions.subList(i, actions.size())));
                        return;
                    }
                    send(send);
                }
                case Commit commit -> commit();
                case ArmTimer arm -> shell.arm(arm.retries(), shell.nanos());
                case Finish finish -> finish(finish.outcome());
                case SendBlocks blocks -> throw new IllegalStateException("an upload sends no DATA");
            }
        }
    }

    private void accept() {
        ByteBuffer bytes = payload;
        if (bytes != null) {
            data.accept(bytes);
        }
    }

    private void send(Send send) {
        switch (send.packet()) {
            case Ack ack -> acks.send(ack.block().value());
            default -> shell.client.send(send.packet());
        }
        if (state instanceof WriteState.Receiving receiving
                && (send.packet() instanceof Ack || send.packet() instanceof OptionAck)) {
            shell.retransmit.replied(receiving.accepted(), shell.nanos());
        }
    }

    /** The client hears nothing, and so sends nothing new, until the sink has room again. */
    private void holdBack(List<Action> actions) {
        heldBack = actions;
        shell.armForContent();
        sink.whenReady(() -> shell.onEventLoop(() -> {
            if (!over && heldBack == actions) {
                resume();
            }
        }));
    }

    private void resume() {
        if (sink.hasFailed()) {
            sinkFailed();
            return;
        }
        List<Action> actions = heldBack;
        heldBack = List.of();
        shell.guarded(() -> carryOut(actions));
    }

    private void commit() {
        shell.disarm();
        data.end();
        sink.commit().thenAccept(how -> shell.onEventLoop(() -> committed(how)));
    }

    private void committed(UploadResult how) {
        if (over) {
            return;
        }
        result = Optional.of(how);
        switch (how) {
            case UploadResult.Stored stored -> {
                on(new Input.Committed());
                report(new TransferOutcome.Completed());
            }
            case UploadResult.Refused refused -> on(new Input.CommitFailed(refused.code(), refused.reason()));
        }
    }

    private void sinkFailed() {
        fail(sink.failure().orElseThrow());
    }

    private void fail(UploadResult.Refused why) {
        result = Optional.of(why);
        on(new Input.CommitFailed(why.code(), why.reason()));
    }

    private void timerFired() {
        if (isHeldBack()) {
            fail(new UploadResult.Refused(
                    ErrorCode.NOT_DEFINED,
                    "what was sent could not be stored within "
                            + shell.loop.contentWait().toSeconds() + " seconds; send the file again later",
                    Outcome.UNAVAILABLE));
        } else {
            on(new Input.TimerFired(shell.retransmit.firedEarly()));
        }
    }

    private void finish(TransferOutcome outcome) {
        over = true;
        steady.leave();
        heldBack = List.of();
        shell.disarm();
        shell.client.detach(this);
        shell.loop.registry().finished(this, shell.nanos());
        sink.abort();
        report(outcome);
    }

    /** Once, when it is known how the upload ended. */
    private void report(TransferOutcome outcome) {
        if (reported) {
            return;
        }
        reported = true;
        shell.ticket.close();
        String hash = "";
        Outcome failedAs = Outcome.FAILED;
        switch (result.orElse(null)) {
            case UploadResult.Stored stored -> hash = stored.hash().hex();
            case UploadResult.Refused refused -> failedAs = refused.outcome();
            case null -> {}
        }
        shell.report(Operation.WRITE, sink.tenant(), sink.path(), hash, state.progress(), outcome, failedAs);
    }
}
