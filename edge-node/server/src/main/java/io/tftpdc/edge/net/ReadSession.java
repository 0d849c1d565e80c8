package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.transfer.Action;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendData;
import io.tftpdc.tftp.transfer.Input;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.Progress;
import io.tftpdc.tftp.transfer.ReadState;
import io.tftpdc.tftp.transfer.ReadTransfer;
import io.tftpdc.tftp.transfer.Step;
import io.tftpdc.tftp.transfer.TransferId;
import io.tftpdc.tftp.transfer.TransferOutcome;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.time.Duration;
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
 * <p>When a slice is not here yet, the rest of the step waits: the file is asked to load it, and the client's repeated
 * packets meanwhile are dropped, since everything they could ask for is about to be sent.
 */
final class ReadSession {

    /** What every session of one event loop shares. */
    record Loop(
            EventLoop eventLoop,
            LoopTimers timers,
            TransferRegistry registry,
            TransferSlots slots,
            TftpMetrics metrics,
            Duration contentWait,
            Consumer<TransferReport> reports) {}

    private static final Logger LOG = LoggerFactory.getLogger(ReadSession.class);

    private final Loop loop;
    private final Request request;
    private final OpenFile file;
    private final DataSource source;
    private final TransferTerms terms;
    private final TransferPort port;
    private final TransferId id;
    private final TimerWheel.Timer timer;

    private ReadState state;
    private Progress counted = new Progress(0, 0);
    private List<Action> postponed;
    private boolean awaitingContent;
    private int contentRequests;
    private boolean over;

    /** Takes over {@code source}, and with it {@code file}, which is closed when the transfer is over. */
    ReadSession(Loop loop, Request request, OpenFile file, DataSource source, TransferTerms terms, TransferPort port) {
        this.loop = loop;
        this.request = request;
        this.file = file;
        this.source = source;
        this.terms = terms;
        this.port = port;
        this.id = new TransferId(request.client(), port.local());
        this.timer = loop.timers().newTimer(this::timerFired);
        Step<ReadState> first = ReadTransfer.start(terms, source.size());
        this.state = first.next();
        this.postponed = first.actions();
    }

    TransferId id() {
        return id;
    }

    Request request() {
        return request;
    }

    /** The first step: OACK or the first window. */
    void start() {
        if (!terms.acknowledged().isEmpty() && !source.resident(0, terms.blockSize())) {
            loadAhead();
        }
        resume();
    }

    /** True when {@code again}, for the same file, cannot be a late copy of the request that began this transfer. */
    boolean supersededBy(Request again) {
        boolean stalled = state instanceof ReadState.SendingWindow sending && sending.stalled();
        return stalled || !again.packet().equals(request.packet());
    }

    /** Something happened. */
    void on(Input input) {
        if (over || (awaitingContent && canWait(input))) {
            return;
        }
        awaitingContent = false;
        guarded(() -> take(ReadTransfer.step(state, input)));
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
        Progress progress = state.progress();
        long bytes = progress.bytesAcknowledged() - counted.bytesAcknowledged();
        if (bytes > 0) {
            loop.metrics().bytes.increment((double) bytes);
            source.acknowledged(progress.bytesAcknowledged());
        }
        loop.metrics().retransmissions.increment((double)
                (progress.retransmittedPackets() - counted.retransmittedPackets()));
        counted = progress;
        carryOut(step.actions());
    }

    private void carryOut(List<Action> actions) {
        long end = -1;
        for (int i = 0; i < actions.size(); i++) {
            switch (actions.get(i)) {
                case Send send -> port.send(send.packet(), id.client());
                case SendData data -> {
                    if (end >= 0) {
                        continue; // beyond the end of the source
                    }
                    if (!source.resident(data.offset(), data.length())) {
                        postponed = actions.subList(i, actions.size());
                        awaitContent(data);
                        return;
                    }
                    int sent = sendData(data);
                    if (sent < 0) {
                        return;
                    }
                    end = sent < data.length() ? data.offset() + sent : -1;
                }
                case ArmTimer arm -> loop.timers().arm(timer, arm.delay());
                case Finish finish -> finish(finish.outcome());
            }
        }
        if (end >= 0) {
            take(ReadTransfer.step(state, new Input.SourceEnded(end)));
        }
    }

    /** The number of bytes sent, or -1 when they could not be read and the transfer is over. */
    private int sendData(SendData data) {
        int header = TftpPacketCodec.DATA_HEADER_BYTES;
        ByteBuf packet = port.allocator().directBuffer(header + data.length());
        TftpPacketCodec.encodeDataHeader(data.block(), packet.internalNioBuffer(0, header));
        packet.writerIndex(header);
        int length;
        try {
            length = source.read(data.offset(), data.length(), packet);
        } catch (RuntimeException failure) {
            packet.release();
            contentFailed(failure);
            return -1;
        }
        port.send(packet, id.client());
        return length;
    }

    private void awaitContent(SendData data) {
        awaitingContent = true;
        loop.timers().arm(timer, loop.contentWait());
        int mine = ++contentRequests;
        try {
            source.load(data.offset(), data.length())
                    .whenComplete((loaded, failure) -> onEventLoop(() -> {
                        if (!over && awaitingContent && contentRequests == mine) {
                            contentArrived(data, failure);
                        }
                    }));
        } catch (RuntimeException failure) {
            contentFailed(failure);
        }
    }

    private void contentArrived(SendData data, @Nullable Throwable failure) {
        if (failure != null) {
            contentFailed(failure);
        } else if (!source.resident(data.offset(), data.length())) {
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
            on(new Input.TimerFired());
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
        over = true;
        loop.timers().disarm(timer);
        loop.registry().finished(this, loop.timers().nanos());
        source.close();
        loop.slots().release();
        loop.reports().accept(report(outcome));
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
