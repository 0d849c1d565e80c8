package io.tftpdc.edge.benchmark;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.transfer.Input;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.OptionNegotiation;
import io.tftpdc.tftp.transfer.ReadState;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;
import io.tftpdc.tftp.transfer.ReadTransfer;
import io.tftpdc.tftp.transfer.RetransmitTimer;
import io.tftpdc.tftp.transfer.SteadyRead;
import io.tftpdc.tftp.transfer.Step;
import io.tftpdc.tftp.transfer.TransferSize;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the state machine costs for each ACK of a read that goes well: as a pure step, and in the form that is used then.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReadTransferBenchmark {

    /** Far more blocks than a run acknowledges. */
    private static final TransferSize ENDLESS = new TransferSize(Long.MAX_VALUE >> 1);

    private static final long ROUND_TRIP_NANOS = 100_000;

    @Param({"1", "16"})
    int windowSize;

    private final List<TftpOption> asked = List.of(
            new TftpOption("tsize", "0"), new TftpOption("blksize", "1428"), new TftpOption("windowsize", "16"));

    private ReadState state;
    private SteadyRead steady;
    private RetransmitTimer timer;
    private long now;

    /** Past the options: the first window is out. */
    @Setup
    public void begin() {
        List<TftpOption> options =
                List.of(new TftpOption("blksize", "1428"), new TftpOption("windowsize", String.valueOf(windowSize)));
        TransferTerms terms = OptionNegotiation.forRead(options, ENDLESS, NegotiationPolicy.DEFAULT);
        state = acknowledge(ReadTransfer.start(terms, ENDLESS).next(), 0).next();
        steady = new SteadyRead(terms);
        steady.enter(sending());
        timer = RetransmitTimer.forRead(terms);
    }

    private static Step<ReadState> acknowledge(ReadState before, long block) {
        Input ack = new PacketReceived(new Ack(BlockNumber.of(block)));
        return ReadTransfer.step(before, ack);
    }

    private SendingWindow sending() {
        if (state instanceof SendingWindow window) {
            return window;
        }
        throw new IllegalStateException("the transfer is " + state);
    }

    /** The pure step: states and actions are objects. */
    @Benchmark
    public Step<ReadState> step() {
        Step<ReadState> step = acknowledge(state, sending().sent());
        state = step.next();
        return step;
    }

    /** What an event loop does for each ACK of the steady state, the timer included. */
    @Benchmark
    public long steadyStep() {
        now += ROUND_TRIP_NANOS;
        long sent = steady.last();
        if (!steady.acknowledged((int) (sent & 0xffff))) {
            throw new IllegalStateException("the ACK of block " + sent + " was not an ordinary one");
        }
        timer.acknowledged(sent, now);
        timer.sent(steady.last(), now);
        return timer.delayNanos(0);
    }

    @Benchmark
    public TransferTerms negotiate() {
        return OptionNegotiation.forRead(asked, ENDLESS, NegotiationPolicy.DEFAULT);
    }
}
