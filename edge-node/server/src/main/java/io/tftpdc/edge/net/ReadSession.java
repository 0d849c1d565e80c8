package io.tftpdc.edge.net;

import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Ticket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.transfer.Action;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Commit;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input;
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
import java.util.ArrayList;
import java.util.List;
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

    private static final Logger LOG = LoggerFactory.getLogger(ReadSession.class);
    private static final long NOT_ENDED = -1;

    private final SessionShell shell;
    private final OpenFile file;
    private final DataSource source;
    private final TransferTerms terms;
    private final BlockSender sender;
    private final SteadyRead steady;

    /** Not kept up to date while {@link #isSteady}. */
    private ReadState state;

    private boolean isSteady;
    private TransferSize size;
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
            SessionLoop loop,
            Request request,
            Ticket ticket,
            OpenFile file,
            DataSource source,
            TransferTerms terms,
            TransferPort port) {
        this.shell = new SessionShell(
                loop,
                request,
                ticket,
                terms,
                port,
                RetransmitTimer.forRead(terms),
                loop.metrics().bytes,
                this::timerFired,
                this::broken);
        this.file = file;
        this.source = source;
        this.terms = terms;
        this.sender = shell.client.blockSender(this);
        this.steady = new SteadyRead(terms);
        this.size = source.size();
        Step<ReadState> first = ReadTransfer.start(terms, size);
        this.state = first.next();
        this.postponed = first.actions();
    }

    @Override
    public TransferId id() {
        return shell.id;
    }

    @Override
    public Request request() {
        return shell.request;
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
        shell.ticket.onGivenUp(this::giveUp);
        shell.client.attach(this);
        if (!terms.acknowledged().isEmpty() && !source.resident(0, terms.blockSize())) {
            loadAhead();
        }
        resume();
    }

    @Override
    public boolean supersededBy(Request again) {
        boolean stalled = state() instanceof ReadState.SendingWindow sending && sending.stalled();
        return stalled || !again.packet().equals(shell.request.packet());
    }

    @Override
    public boolean acknowledged(int block, long nowNanos) {
        if (!isSteady || awaitingContent || !steady.acknowledged(block)) {
            return false;
        }
        shell.ticket.answered(nowNanos);
        long confirmed = steady.acknowledged();
        shell.retransmit.acknowledged(confirmed, nowNanos);
        count(terms.offsetOf(confirmed + 1));
        sender.confirmed(confirmed);
        long first = steady.first();
        long last = steady.last();
        if (resident(first, last)) {
            sender.send(first, last);
            shell.retransmit.sent(last, nowNanos);
            shell.arm(0, nowNanos);
        } else {
            shell.guarded(() -> carryOut(List.of(new SendBlocks(first, last), new ArmTimer(0))));
        }
        return true;
    }

    /** Counts bytes that were newly confirmed; the source may forget them. */
    private void count(long bytes) {
        if (shell.count(bytes)) {
            source.acknowledged(bytes);
        }
    }

    @Override
    public void on(Input input) {
        if (over || !ticketAllows(input) || (awaitingContent && SessionShell.canWait(input))) {
            return;
        }
        awaitingContent = false;
        shell.guarded(() -> take(ReadTransfer.step(state(), input)));
    }

    private boolean ticketAllows(Input input) {
        // Only an OACK is sent again for a repeated request; for DATA the timer does that.
        boolean replies = !isSteady && state instanceof ReadState.AwaitingOptionAck;
        return switch (shell.permits(input, replies)) {
            case GRANTED -> true;
            case IGNORED -> false;
            case EXHAUSTED -> {
                shell.guarded(() -> finish(new TransferOutcome.TimedOut()));
                yield false;
            }
        };
    }

    /** Makes room for another transfer, without a word: this client has not answered, and may not be there. */
    private void giveUp() {
        if (!over) {
            shell.guarded(this::release);
            shell.loop.registry().forget(shell.id);
        }
    }

    private ReadState state() {
        if (isSteady) {
            state = steady.state();
        }
        return state;
    }

    private void broken(Throwable failure) {
        LOG.atError()
                .setMessage("a transfer failed")
                .addKeyValue("transferId", shell.id)
                .addKeyValue("filePath", file.tenant() + "/" + file.path())
                .setCause(failure)
                .log();
        if (!over) {
            finish(new TransferOutcome.Failed("the server failed"));
        }
    }

    private void take(Step<ReadState> step) {
        state = step.next();
        isSteady = state instanceof ReadState.SendingWindow;
        switch (state) {
            case ReadState.SendingWindow sending -> {
                size = sending.size();
                steady.enter(sending);
                sender.confirmed(sending.acknowledged());
                shell.retransmit.acknowledged(sending.acknowledged(), shell.nanos());
            }
            case ReadState.AwaitingOptionAck awaiting -> size = awaiting.size();
            case ReadState.Completed completed -> steady.leave();
            case ReadState.Aborted aborted -> steady.leave();
        }
        Progress progress = state.progress();
        count(progress.bytesAcknowledged());
        shell.countRetransmissions(progress);
        carryOut(step.actions());
    }

    private void carryOut(List<Action> actions) {
        carryingOut = true;
        for (int i = 0; i < actions.size() && !over; i++) {
            switch (actions.get(i)) {
                case Send send -> {
                    shell.client.send(send.packet());
                    if (send.packet() instanceof OptionAck) {
                        shell.retransmit.sent(0, shell.nanos());
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
                case ArmTimer arm -> shell.arm(arm.retries(), shell.nanos());
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
            shell.retransmit.sent(last, shell.nanos());
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
        shell.armForContent();
        int mine = ++contentRequests;
        try {
            source.load(terms.offsetOf(block), terms.blockSize())
                    .whenComplete((loaded, failure) -> shell.onEventLoop(() -> {
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
        shell.guarded(() -> carryOut(postponed));
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
                .addKeyValue("transferId", shell.id)
                .addKeyValue("filePath", file.tenant() + "/" + file.path())
                .addKeyValue("contentHash", file.sha256Hex())
                .setCause(failure)
                .log();
        on(new Input.SourceFailed(reason));
    }

    private void timerFired() {
        if (awaitingContent) {
            on(new Input.SourceFailed("the content did not arrive within "
                    + shell.loop.contentWait().toSeconds() + " seconds"));
        } else {
            on(new Input.TimerFired(shell.retransmit.firedEarly()));
        }
    }

    private void finish(TransferOutcome outcome) {
        release();
        shell.report(
                Operation.READ,
                file.tenant(),
                file.path(),
                file.sha256Hex(),
                state.progress(),
                outcome,
                Outcome.FAILED);
    }

    private void release() {
        over = true;
        isSteady = false;
        sender.cancel();
        shell.disarm();
        shell.client.detach(this);
        shell.loop.registry().finished(this, shell.nanos());
        source.close();
        shell.ticket.close();
    }
}
