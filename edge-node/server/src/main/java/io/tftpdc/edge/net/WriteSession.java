package io.tftpdc.edge.net;

import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Ticket;
import io.tftpdc.edge.upload.UploadResult;
import io.tftpdc.edge.upload.UploadSink;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
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

    private final ReadSession.Loop loop;
    private final Request request;
    private final Ticket ticket;
    private final UploadSink sink;
    private final UploadData data;
    private final TransferTerms terms;
    private final TransferPort port;
    private final TransferId id;
    private final AckSender acks;
    private final RetransmitTimer retransmit;
    private final SteadyWrite steady;
    private final TimerWheel.Timer timer;

    /** Not kept up to date while {@link #steady} is entered. */
    private WriteState state;

    /** What is to be done when the sink is ready again; empty while it is. */
    private List<Action> heldBack = List.of();

    private long countedBytes;
    private long countedRepeats;
    private @Nullable ByteBuffer payload;
    private Optional<UploadResult> result = Optional.empty();
    private boolean reported;
    private boolean over;

    /** Takes over {@code ticket} and {@code sink}. */
    WriteSession(
            ReadSession.Loop loop,
            Request request,
            Ticket ticket,
            UploadSink sink,
            TransferTerms terms,
            TransferPort port) {
        this.loop = loop;
        this.request = request;
        this.ticket = ticket;
        this.sink = sink;
        this.data = UploadData.into(sink, request.packet().mode());
        this.terms = terms;
        this.port = port;
        this.id = new TransferId(request.client(), port.local());
        this.acks = port.ackSender(request.client());
        this.retransmit = RetransmitTimer.forWrite(terms);
        this.steady = new SteadyWrite(terms);
        this.timer = loop.timers().newTimer(this::timerFired);
        // The sink knows what is too much, in bytes of content, and says what to do about it.
        Step<WriteState> first = WriteTransfer.start(terms, Long.MAX_VALUE);
        this.state = first.next();
        this.heldBack = first.actions();
    }

    @Override
    public TransferId id() {
        return id;
    }

    @Override
    public Request request() {
        return request;
    }

    /** The first step: OACK or ACK 0. */
    void start() {
        ticket.onGivenUp(this::giveUp);
        port.attach(this);
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
        return done || !again.packet().equals(request.packet());
    }

    @Override
    public boolean received(int block, ByteBuffer bytes, long nowNanos) {
        if (isHeldBack() || !steady.received(block, bytes.remaining())) {
            return false;
        }
        ticket.answered(nowNanos);
        try {
            receivedInOrder(bytes, nowNanos);
        } catch (RuntimeException | OutOfMemoryError failure) {
            broken(failure);
        }
        return true;
    }

    private void receivedInOrder(ByteBuffer bytes, long nowNanos) {
        data.accept(bytes);
        count(steady.bytes());
        int acknowledge = steady.acknowledge();
        if (sink.hasFailed()) {
            sinkFailed();
        } else if (acknowledge == SteadyWrite.NOTHING) {
            return;
        } else if (sink.ready()) {
            acks.send(acknowledge);
            retransmit.replied(steady.accepted(), nowNanos);
            loop.timers().armAt(timer, nowNanos + retransmit.delayNanos(0));
        } else {
            holdBack(List.of(new Send(new Ack(new BlockNumber(acknowledge))), new ArmTimer(0)));
        }
    }

    @Override
    public void on(Input input) {
        if (over || !ticketAllows(input) || (isHeldBack() && canWait(input))) {
            return;
        }
        heldBack = List.of();
        payload = input instanceof PacketReceived received && received.packet() instanceof Data block
                ? block.payload()
                : null;
        guarded(() -> take(WriteTransfer.step(state(), input)));
        payload = null;
    }

    /** As in {@link ReadSession}: who has not answered gets few repeats of the first reply. */
    private boolean ticketAllows(Input input) {
        if (input instanceof PacketReceived received) {
            if (received.packet() instanceof TftpPacket.Request) {
                return ticket.mayRepeatOnRequest();
            }
            ticket.answered(loop.timers().nanos());
        } else if (input instanceof Input.TimerFired && !ticket.mayRepeat()) {
            guarded(() -> finish(new TransferOutcome.TimedOut()));
            loop.registry().forget(id);
            return false;
        }
        return true;
    }

    /** Makes room for another transfer, without a word: this client has not answered, and may not be there. */
    private void giveUp() {
        if (!over) {
            reported = true;
            guarded(() -> finish(new TransferOutcome.TimedOut()));
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

    private static boolean canWait(Input input) {
        return input instanceof PacketReceived received && !(received.packet() instanceof ErrorPacket);
    }

    /** Whatever goes wrong here ends this transfer and releases what it holds; nobody else would. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | OutOfMemoryError failure) {
            broken(failure);
        }
        port.flush();
    }

    private void broken(Throwable failure) {
        LOG.atError()
                .setMessage("an upload failed")
                .addKeyValue("transferId", id)
                .addKeyValue("filePath", sink.tenant() + "/" + sink.path())
                .setCause(failure)
                .log();
        if (!over) {
            port.send(ErrorPacket.of(ErrorCode.NOT_DEFINED, BROKEN), id.client());
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
        count(progress.bytesAcknowledged());
        long again = progress.retransmittedPackets() - countedRepeats;
        if (again > 0) {
            loop.metrics().retransmissions.increment((double) again);
            countedRepeats += again;
        }
        carryOut(step.actions());
    }

    private void count(long bytes) {
        if (bytes > countedBytes) {
            loop.metrics().receivedBytes.increment((double) (bytes - countedBytes));
            countedBytes = bytes;
        }
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
                case ArmTimer arm ->
                    loop.timers().armAt(timer, loop.timers().nanos() + retransmit.delayNanos(arm.retries()));
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
            default -> port.send(send.packet(), id.client());
        }
        if (state instanceof WriteState.Receiving receiving
                && (send.packet() instanceof Ack || send.packet() instanceof OptionAck)) {
            retransmit.replied(receiving.accepted(), loop.timers().nanos());
        }
    }

    /** The client hears nothing, and so sends nothing new, until the sink has room again. */
    private void holdBack(List<Action> actions) {
        heldBack = actions;
        loop.timers().arm(timer, loop.contentWait());
        sink.whenReady(() -> onEventLoop(() -> {
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
        guarded(() -> carryOut(actions));
    }

    private void commit() {
        loop.timers().disarm(timer);
        data.end();
        sink.commit().thenAccept(how -> onEventLoop(() -> committed(how)));
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
                            + loop.contentWait().toSeconds() + " seconds; send the file again later",
                    Outcome.UNAVAILABLE));
        } else {
            on(new Input.TimerFired(retransmit.firedEarly()));
        }
    }

    private void onEventLoop(Runnable task) {
        try {
            loop.eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            LOG.atTrace()
                    .setMessage("an upload was answered after the server stopped")
                    .log();
        }
    }

    private void finish(TransferOutcome outcome) {
        over = true;
        steady.leave();
        heldBack = List.of();
        loop.timers().disarm(timer);
        port.detach(this);
        loop.registry().finished(this, loop.timers().nanos());
        sink.abort();
        report(outcome);
    }

    /** Once, when it is known how the upload ended. */
    private void report(TransferOutcome outcome) {
        if (reported) {
            return;
        }
        reported = true;
        ticket.close();
        Map<String, String> options = new LinkedHashMap<>();
        for (TftpOption option : terms.acknowledged()) {
            options.put(option.canonicalName(), option.value());
        }
        Progress progress = state.progress();
        loop.reports()
                .accept(new TransferReport(
                        id.client(),
                        id.local(),
                        sink.tenant(),
                        sink.path(),
                        result.filter(UploadResult.Stored.class::isInstance)
                                .map(how -> ((UploadResult.Stored) how).hash().hex())
                                .orElse(""),
                        options,
                        terms.blockSize(),
                        terms.windowSize(),
                        progress.bytesAcknowledged(),
                        loop.timers().nanos() - request.arrivedNanos(),
                        request.arrived(),
                        progress.retransmittedPackets(),
                        kind(outcome),
                        message(outcome),
                        Operation.WRITE));
    }

    private Outcome kind(TransferOutcome outcome) {
        return switch (outcome) {
            case TransferOutcome.Completed completed -> Outcome.COMPLETED;
            case TransferOutcome.Probe probe -> Outcome.PROBE;
            case TransferOutcome.TimedOut timedOut -> Outcome.TIMED_OUT;
            case TransferOutcome.AbortedByClient aborted -> Outcome.ABORTED_BY_CLIENT;
            case TransferOutcome.Cancelled cancelled -> Outcome.CANCELLED;
            case TransferOutcome.Failed failed ->
                result.filter(UploadResult.Refused.class::isInstance)
                        .map(how -> ((UploadResult.Refused) how).outcome())
                        .orElse(Outcome.FAILED);
        };
    }

    private static String message(TransferOutcome outcome) {
        return switch (outcome) {
            case TransferOutcome.Completed completed -> "";
            case TransferOutcome.Probe probe -> "";
            case TransferOutcome.TimedOut timedOut -> "";
            case TransferOutcome.AbortedByClient aborted ->
                "error " + aborted.code().value() + ": " + aborted.message();
            case TransferOutcome.Cancelled cancelled -> cancelled.reason();
            case TransferOutcome.Failed failed -> failed.reason();
        };
    }
}
