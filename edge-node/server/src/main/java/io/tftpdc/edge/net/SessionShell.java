package io.tftpdc.edge.net;

import io.micrometer.core.instrument.Counter;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Ticket;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.transfer.Input;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.Progress;
import io.tftpdc.tftp.transfer.RetransmitTimer;
import io.tftpdc.tftp.transfer.TransferId;
import io.tftpdc.tftp.transfer.TransferOutcome;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a read and an upload have in common around their state machines: who the transfer is with and on which terms, its
 * timer, what is counted, and the report when it is over. Used by one event loop.
 */
final class SessionShell {

    /** Whether a session may take an input. */
    enum Permission {
        GRANTED,
        /** The input changes nothing. */
        IGNORED,
        /** Nobody has answered, and the first reply has been repeated often enough. */
        EXHAUSTED
    }

    private static final Logger LOG = LoggerFactory.getLogger(SessionShell.class);

    final SessionLoop loop;
    final Request request;
    final Ticket ticket;
    final TransferTerms terms;
    final ClientPath client;
    private final TransferPort port;
    final TransferId id;
    final RetransmitTimer retransmit;
    private final TimerWheel.Timer timer;
    private final Counter bytes;
    private final Consumer<Throwable> broken;
    private long countedBytes;
    private long countedRetransmissions;

    /**
     * @param bytes counts content, one way or the other
     * @param timerFired runs when the time set by {@link #arm} is over
     * @param broken ends a transfer in which something went wrong that nobody expected
     */
    SessionShell(
            SessionLoop loop,
            Request request,
            Ticket ticket,
            TransferTerms terms,
            TransferPort port,
            RetransmitTimer retransmit,
            Counter bytes,
            Runnable timerFired,
            Consumer<Throwable> broken) {
        this.loop = loop;
        this.request = request;
        this.ticket = ticket;
        this.terms = terms;
        this.port = port;
        this.client = port.to(request.client());
        this.id = new TransferId(request.client(), port.local());
        this.retransmit = retransmit;
        this.timer = loop.timers().newTimer(timerFired);
        this.bytes = bytes;
        this.broken = broken;
    }

    long nanos() {
        return loop.timers().nanos();
    }

    /** Sets the time to wait for an answer, after so many retries. */
    void arm(int retries, long nowNanos) {
        loop.timers().armAt(timer, nowNanos + retransmit.delayNanos(retries));
    }

    /** Sets the time to wait for content to come from where it is, or to go where it is stored. */
    void armForContent() {
        loop.timers().arm(timer, loop.contentWait());
    }

    void disarm() {
        loop.timers().disarm(timer);
    }

    /** Whatever goes wrong here ends this transfer and releases what it holds; nobody else would. */
    void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | OutOfMemoryError failure) {
            broken.accept(failure);
        }
        port.flush();
    }

    /** Nobody waits for it when the loop has ended meanwhile. */
    void onEventLoop(Runnable task) {
        try {
            loop.eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            LOG.atTrace()
                    .setMessage("what a transfer waited for came after the server stopped")
                    .log();
        }
    }

    /**
     * Nobody knows whether a client is there at all before it has answered from its own endpoint, and until then its first
     * reply is repeated a few times only.
     *
     * @param replies whether a repeated request would have the first reply sent again
     */
    Permission permits(Input input, boolean replies) {
        if (input instanceof PacketReceived received) {
            if (received.packet() instanceof TftpPacket.Request) {
                return !replies || ticket.mayRepeatOnRequest() ? Permission.GRANTED : Permission.IGNORED;
            }
            ticket.answered(nanos());
        } else if (input instanceof Input.TimerFired && !ticket.mayRepeat()) {
            return Permission.EXHAUSTED;
        }
        return Permission.GRANTED;
    }

    /** Whether it may be dropped while the session waits for something else: the client will repeat it. */
    static boolean canWait(Input input) {
        return input instanceof PacketReceived received && !(received.packet() instanceof ErrorPacket);
    }

    /**
     * Counts what is new of so many bytes.
     *
     * @return whether anything is
     */
    boolean count(long bytesSoFar) {
        if (bytesSoFar <= countedBytes) {
            return false;
        }
        bytes.increment((double) (bytesSoFar - countedBytes));
        countedBytes = bytesSoFar;
        return true;
    }

    void countRetransmissions(Progress progress) {
        long again = progress.retransmittedPackets() - countedRetransmissions;
        if (again > 0) {
            loop.metrics().retransmissions.increment((double) again);
            countedRetransmissions += again;
        }
    }

    /**
     * @param sha256Hex empty when nothing was stored
     * @param failedAs what a failure is called in the report
     */
    void report(
            Operation operation,
            String tenant,
            String path,
            String sha256Hex,
            Progress progress,
            TransferOutcome outcome,
            Outcome failedAs) {
        Map<String, String> options = new LinkedHashMap<>();
        for (TftpOption option : terms.acknowledged()) {
            options.put(option.canonicalName(), option.value());
        }
        loop.reports()
                .accept(new TransferReport(
                        id.client(),
                        id.local(),
                        tenant,
                        path,
                        sha256Hex,
                        options,
                        terms.blockSize(),
                        terms.windowSize(),
                        progress.bytesAcknowledged(),
                        nanos() - request.arrivedNanos(),
                        request.arrived(),
                        progress.retransmittedPackets(),
                        kind(outcome, failedAs),
                        message(outcome),
                        operation));
    }

    private static Outcome kind(TransferOutcome outcome, Outcome failedAs) {
        return switch (outcome) {
            case TransferOutcome.Completed completed -> Outcome.COMPLETED;
            case TransferOutcome.Probe probe -> Outcome.PROBE;
            case TransferOutcome.TimedOut timedOut -> Outcome.TIMED_OUT;
            case TransferOutcome.AbortedByClient aborted -> Outcome.ABORTED_BY_CLIENT;
            case TransferOutcome.Cancelled cancelled -> Outcome.CANCELLED;
            case TransferOutcome.Failed failed -> failedAs;
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
