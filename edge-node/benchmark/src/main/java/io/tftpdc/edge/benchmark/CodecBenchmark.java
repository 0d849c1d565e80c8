package io.tftpdc.edge.benchmark;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.Decoded;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one packet costs between bytes and records; per packet of the steady state, {@link #ackHeader} alone is paid. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

    private static final List<TftpOption> OPTIONS = List.of(
            new TftpOption("tsize", "0"), new TftpOption("blksize", "1428"), new TftpOption("windowsize", "16"));

    private final ByteBuffer request = TftpPacketCodec.encode(
            new ReadRequest("images/edgecore/as7326-56x/onie-installer", TransferMode.OCTET, OPTIONS));
    private final ByteBuffer ack = TftpPacketCodec.encode(new Ack(new BlockNumber(4711)));
    private final OptionAck optionAck = new OptionAck(OPTIONS);
    private int header = ack.getInt(0);

    /** An RRQ with three options, as firmware sends it. */
    @Benchmark
    public Decoded decodeReadRequest() {
        return TftpPacketCodec.decode(request.rewind());
    }

    /** An ACK as a record: outside the steady state. */
    @Benchmark
    public Decoded decodeAck() {
        return TftpPacketCodec.decode(ack.rewind());
    }

    /** The same ACK in the steady state: its four bytes as a number. */
    @Benchmark
    public int ackHeader() {
        return TftpPacketCodec.ackBlock(header);
    }

    @Benchmark
    public ByteBuffer encodeOptionAck() {
        return TftpPacketCodec.encode(optionAck);
    }
}
