package io.tftpdc.edge.net;

import io.netty.channel.EventLoop;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.LoopLimits;
import io.tftpdc.edge.policy.Ticket;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
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
import io.tftpdc.tftp.transfer.ReadState;
import io.tftpdc.tftp.transfer.ReadTransfer;
import io.tftpdc.tftp.transfer.RetransmitTimer;
import io.tftpdc.tftp.transfer.SteadyRead;
import io.tftpdc.tftp.transfer.Step;
import io.tftpdc.tftp.transfer.TransferId;
import io.tftpdc.tftp.transfer.TransferOutcome;
import io.tftpdc.tftp.transfer.TransferSize;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running read: keeps its state and carries out what {@link ReadTransfer} decides. Used by one event loop.
 *
 * <p>The ordinary course, an ACK of the whole window, is {@link SteadyRead}'s and makes no object; everything else goes
 * through {@link ReadTransfer#step}.
 *
 * <p>When a slice is not here yet, the rest of the step waits: the file is asked to load it, and the client's repeated
 * packets meanwhile are dropped, since everything they could ask for is about to be sent.
 */
final class ReadSession implements Session, BlockSender.Blocks {

    /** What every session of one event loop shares. */
    record Loop(
            EventLoop eventLoop,
            LoopTimers timers,
            TransferRegistry registry,
            LoopLimits limits,
            TftpMetrics metrics,
            Duration contentWait,
            Consumer<TransferReport> reports) {}

    private static final Logger LOG = LoggerFactory.getLogger(ReadSession.class);
    private static final long NOT_ENDED = -1;

    private final Loop loop;
    private final Request request;
    private final Ticket ticket;
    private final OpenFile file;
    private final DataSource source;
    private final TransferTerms terms;
    private final TransferPort port;
    private final TransferId id;
    private final BlockSender sender;
    private final RetransmitTimer retransmit;
    private final SteadyRead steady;
    private final TimerWheel.Timer timer;

    /** Not kept up to date while {@link #isSteady}. */
    private ReadState state;

    private boolean isSteady;
    private TransferSize size;
    private long countedBytes;
    private long countedRetransmissions;
    private List<Action> postponed;
    private boolean carryingOut;
    private long sourceEndedAt = NOT_ENDED;
    private boolean awaitingContent;
    private int contentRequests;
    private boolean over;

    /**
     * Takes over {@code ticket}, and {@code source} with its {@code file}; all are closed when the transfer is over.
     */
    ReadSession(
            Loop loop,
            Request request,
            Ticket ticket,
            OpenFile file,
            DataSource source,
            TransferTerms terms,
            TransferPort port) {
        this.loop = loop;
        this.request = request;
        this.ticket = ticket;
        this.file = file;
        this.source = source;
        this.terms = terms;
        this.port = port;
        this.id = new TransferId(request.client(), port.local());
        this.sender = port.blockSender(this, request.client());
        this.retransmit = RetransmitTimer.forRead(terms);
        this.steady = new SteadyRead(terms);
        this.timer = loop.timers().newTimer(this::timerFired);
        this.size = source.size();
        Step<ReadState> first = ReadTransfer.start(terms, size);
        this.state = first.next();
        this.postponed = first.actions();
    }

    @Override
    public TransferId id() {
        return id;
    }

    @Override
    public Request request() {
        return request;
    }

    @Override
    public TransferTerms terms() {
        return terms;
    }

    @Override
    public TransferSize size() {
        return size;
    }

    @Override
    public DataSource source() {
        return source;
    }

    /** The first step: OACK or the first window. */
    void start() {
        ticket.onGivenUp(this::giveUp);
        port.attach(this);
        if (!terms.acknowledged().isEmpty() && !source.resident(0, terms.blockSize())) {
            loadAhead();
        }
        resume();
    }

    @Override
    public boolean supersededBy(Request again) {
        boolean stalled = state() instanceof ReadState.SendingWindow sending && sending.stalled();
        return stalled || !again.packet().equals(request.packet());
    }

    @Override
    public boolean acknowledged(int block, long nowNanos) {
        if (!isSteady || awaitingContent || !steady.acknowledged(block)) {
            return false;
        }
        ticket.answered(nowNanos);
        long confirmed = steady.acknowledged();
        retransmit.acknowledged(confirmed, nowNanos);
        count(terms.offsetOf(confirmed + 1));
        sender.confirmed(confirmed);
        long first = steady.first();
        long last = steady.last();
        if (resident(first, last)) {
            sender.send(first, last);
            retransmit.sent(last, nowNanos);
            loop.timers().armAt(timer, nowNanos + retransmit.delayNanos(0));
        } else {
            guarded(() -> carryOut(List.of(new SendBlocks(first, last), new ArmTimer(0))));
        }
        return true;
    }

    /** Counts bytes that were newly confirmed; the source may forget them. */
    private void count(long bytes) {
        if (bytes > countedBytes) {
            loop.metrics().bytes.increment((double) (bytes - countedBytes));
            countedBytes = bytes;
            source.acknowledged(bytes);
        }
    }

    @Override
    public void on(Input input) {
        if (over || !ticketAllows(input) || (awaitingContent && canWait(input))) {
            return;
        }
        awaitingContent = false;
        guarded(() -> take(ReadTransfer.step(state(), input)));
    }

    /**
     * Whether to go on: nobody knows whether a client is there at all before it has answered from its own endpoint, and
     * until then its first reply is repeated a few times only.
     */
    private boolean ticketAllows(Input input) {
        if (input instanceof PacketReceived received) {
            if (received.packet() instanceof TftpPacket.Request) {
                // Only an OACK is sent again for a repeated request; for DATA the timer does that.
                return !(state() instanceof ReadState.AwaitingOptionAck) || ticket.mayRepeatOnRequest();
            }
            ticket.answered(loop.timers().nanos());
        } else if (input instanceof Input.TimerFired && !ticket.mayRepeat()) {
            guarded(() -> finish(new TransferOutcome.TimedOut()));
            return false;
        }
        return true;
    }

    /** Makes room for another transfer, without a word: this client has not answered, and may not be there. */
    private void giveUp() {
        if (!over) {
            guarded(this::release);
            loop.registry().forget(id);
        }
    }

    private ReadState state() {
        if (isSteady) {
            state = steady.state();
        }
        return state;
    }

    /** Whatever goes wrong here ends this transfer and releases what it holds; nobody else would. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | OutOfMemoryError failure) {
            LOG.atError()
                    .setMessage("a transfer failed")
                    .addKeyValue("transferId", id)
                    .addKeyValue("filePath", file.tenant() + "/" + file.path())
                    .setCause(failure)
                    .log();
            if (!over) {
                finish(new TransferOutcome.Failed("the server failed"));
            }
        }
        port.flush();
    }

    private static boolean canWait(Input input) {
        return input instanceof PacketReceived received && !(received.packet() instanceof ErrorPacket);
    }

    private void take(Step<ReadState> step) {
        state = step.next();
        isSteady = state instanceof ReadState.SendingWindow;
        switch (state) {
            case ReadState.SendingWindow sending -> {
                size = sending.size();
                steady.enter(sending);
                sender.confirmed(sending.acknowledged());
                retransmit.acknowledged(sending.acknowledged(), loop.timers().nanos());
            }
            case ReadState.AwaitingOptionAck awaiting -> size = awaiting.size();
            case ReadState.Completed completed -> steady.leave();
            case ReadState.Aborted aborted -> steady.leave();
        }
        Progress progress = state.progress();
        count(progress.bytesAcknowledged());
        long again = progress.retransmittedPackets() - countedRetransmissions;
        if (again > 0) {
            loop.metrics().retransmissions.increment((double) again);
            countedRetransmissions += again;
        }
        carryOut(step.actions());
    }

    private void carryOut(List<Action> actions) {
        carryingOut = true;
        for (int i = 0; i < actions.size() && !over; i++) {
            switch (actions.get(i)) {
                case Send send -> {
                    port.send(send.packet(), id.client());
                    if (send.packet() instanceof OptionAck) {
                        retransmit.sent(0, loop.timers().nanos());
                    }
                }
                case SendBlocks run -> {
                    long resident = sendResident(run);
                    if (resident < run.last()) {
                        postponed = new ArrayList<>(actions.subList(i, actions.size()));
                        postponed.set(0, new SendBlocks(resident + 1, run.last()));
                        awaitContent(resident + 1);
                        break;
                    }
                }
                case ArmTimer arm ->
                    loop.timers().armAt(timer, loop.timers().nanos() + retransmit.delayNanos(arm.retries()));
                case Finish finish -> finish(finish.outcome());
                case Accept accept -> throw new IllegalStateException("a read takes no bytes");
                case Commit commit -> throw new IllegalStateException("a read stores nothing");
            }
            if (awaitingContent) {
                break;
            }
        }
        carryingOut = false;
        if (sourceEndedAt != NOT_ENDED && !over) {
            long bytes = sourceEndedAt;
            sourceEndedAt = NOT_ENDED;
            take(ReadTransfer.step(state(), new Input.SourceEnded(bytes)));
        }
    }

    /** Sends as many of these blocks as are here, and returns the last of them. */
    private long sendResident(SendBlocks run) {
        long last = run.last();
        if (!resident(run.first(), last)) {
            last = run.first() - 1;
            while (last < run.last() && resident(last + 1, last + 1)) {
                last++;
            }
        }
        if (last >= run.first()) {
            sender.send(run.first(), last);
            retransmit.sent(last, loop.timers().nanos());
        }
        return last;
    }

    private boolean resident(long first, long last) {
        long length = (last - first + 1) * terms.blockSize();
        return source.resident(terms.offsetOf(first), (int) Math.min(length, Integer.MAX_VALUE));
    }

    @Override
    public void sourceEnded(long bytes) {
        if (carryingOut) {
            sourceEndedAt = bytes;
        } else {
            on(new Input.SourceEnded(bytes));
        }
    }

    @Override
    public void sourceFailed(Throwable failure) {
        contentFailed(failure);
    }

    private void awaitContent(long block) {
        awaitingContent = true;
        loop.timers().arm(timer, loop.contentWait());
        int mine = ++contentRequests;
        try {
            source.load(terms.offsetOf(block), terms.blockSize())
                    .whenComplete((loaded, failure) -> onEventLoop(() -> {
                        if (!over && awaitingContent && contentRequests == mine) {
                            contentArrived(block, failure);
                        }
                    }));
        } catch (RuntimeException failure) {
            contentFailed(failure);
        }
    }

    private void contentArrived(long block, @Nullable Throwable failure) {
        if (failure != null) {
            contentFailed(failure);
        } else if (!resident(block, block)) {
            on(new Input.SourceFailed("the content of this file is not available"));
        } else {
            resume();
        }
    }

    private void resume() {
        awaitingContent = false;
        guarded(() -> carryOut(postponed));
    }

    /** Fetches the first block while the OACK travels; whether that worked is seen when the block is sent. */
    private void loadAhead() {
        try {
            source.load(0, terms.blockSize());
        } catch (RuntimeException failure) {
            LOG.atTrace().setMessage("loading ahead failed").setCause(failure).log();
        }
    }

    private void contentFailed(Throwable failure) {
        Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
        String reason = cause.getMessage() == null ? "the content of this file cannot be read" : cause.getMessage();
        LOG.atWarn()
                .setMessage("content cannot be had")
                .addKeyValue("transferId", id)
                .addKeyValue("filePath", file.tenant() + "/" + file.path())
                .addKeyValue("contentHash", file.sha256Hex())
                .setCause(failure)
                .log();
        on(new Input.SourceFailed(reason));
    }

    private void timerFired() {
        if (awaitingContent) {
            on(new Input.SourceFailed(
                    "the content did not arrive within " + loop.contentWait().toSeconds() + " seconds"));
        } else {
            on(new Input.TimerFired(retransmit.firedEarly()));
        }
    }

    private void onEventLoop(Runnable task) {
        try {
            loop.eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            LOG.atTrace().setMessage("content arrived after the server stopped").log();
        }
    }

    private void finish(TransferOutcome outcome) {
        release();
        loop.reports().accept(report(outcome));
    }

    private void release() {
        over = true;
        isSteady = false;
        sender.cancel();
        loop.timers().disarm(timer);
        port.detach(this);
        loop.registry().finished(this, loop.timers().nanos());
        source.close();
        ticket.close();
    }

    private TransferReport report(TransferOutcome outcome) {
        Outcome kind;
        String message = "";
        switch (outcome) {
            case TransferOutcome.Completed completed -> kind = Outcome.COMPLETED;
            case TransferOutcome.Probe probe -> kind = Outcome.PROBE;
            case TransferOutcome.TimedOut timedOut -> kind = Outcome.TIMED_OUT;
            case TransferOutcome.AbortedByClient aborted -> {
                kind = Outcome.ABORTED_BY_CLIENT;
                message = "error " + aborted.code().value() + ": " + aborted.message();
            }
            case TransferOutcome.Cancelled cancelled -> {
                kind = Outcome.CANCELLED;
                message = cancelled.reason();
            }
            case TransferOutcome.Failed failed -> {
                kind = Outcome.FAILED;
                message = failed.reason();
            }
        }
        Map<String, String> options = new LinkedHashMap<>();
        for (TftpOption option : terms.acknowledged()) {
            options.put(option.canonicalName(), option.value());
        }
        Progress progress = state.progress();
        return new TransferReport(
                id.client(),
                id.local(),
                file.tenant(),
                file.path(),
                file.sha256Hex(),
                options,
                terms.blockSize(),
                terms.windowSize(),
                progress.bytesAcknowledged(),
                loop.timers().nanos() - request.arrivedNanos(),
                request.arrived(),
                progress.retransmittedPackets(),
                kind,
                message);
    }
}
