package io.tftpdc.edge.benchmark;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.OptionNegotiation;
import io.tftpdc.tftp.transfer.SteadyWrite;
import io.tftpdc.tftp.transfer.Step;
import io.tftpdc.tftp.transfer.TransferTerms;
import io.tftpdc.tftp.transfer.WriteState;
import io.tftpdc.tftp.transfer.WriteState.Receiving;
import io.tftpdc.tftp.transfer.WriteTransfer;
import java.nio.ByteBuffer;
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
 * What the state machine costs for each block of a write that goes well: as a pure step, and in the form that is used
 * then.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WriteTransferBenchmark {

    private static final int BLOCK_SIZE = 1428;

    @Param({"1", "16"})
    int windowSize;

    private final ByteBuffer payload = ByteBuffer.allocate(BLOCK_SIZE).asReadOnlyBuffer();
    private WriteState state;
    private SteadyWrite steady;

    /** The options are agreed, and the first block is awaited. */
    @Setup
    public void begin() {
        List<TftpOption> options = List.of(
                new TftpOption("blksize", String.valueOf(BLOCK_SIZE)),
                new TftpOption("windowsize", String.valueOf(windowSize)));
        TransferTerms terms = OptionNegotiation.forWrite(options, NegotiationPolicy.DEFAULT);
        state = WriteTransfer.start(terms, Long.MAX_VALUE).next();
        steady = new SteadyWrite(terms);
        if (!steady.enter(receiving())) {
            throw new IllegalStateException("a write does not begin steadily: " + state);
        }
    }

    private Receiving receiving() {
        if (state instanceof Receiving receiving) {
            return receiving;
        }
        throw new IllegalStateException("the transfer is " + state);
    }

    /** The pure step: states and actions are objects. */
    @Benchmark
    public Step<WriteState> step() {
        Data next = new Data(BlockNumber.of(receiving().accepted() + 1), payload);
        Step<WriteState> step = WriteTransfer.step(state, new PacketReceived(next));
        state = step.next();
        return step;
    }

    /** What an event loop does for each block of the steady state. */
    @Benchmark
    public int steadyStep() {
        int wireNumber = (int) ((steady.accepted() + 1) & 0xffff);
        if (!steady.received(wireNumber, BLOCK_SIZE)) {
            throw new IllegalStateException("block " + wireNumber + " was not an ordinary one");
        }
        return steady.acknowledge();
    }
}
