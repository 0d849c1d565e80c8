package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Commit;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Drives a read one input at a time and compares what it does, as text: {@code DATA 2 [512,1024)}, {@code OACK
 * blksize=1024}, {@code timer 1000}, {@code ERROR 0 ...}, {@code Completed}.
 */
final class Lockstep {

    static final RetransmitPolicy TWO_RETRIES = new RetransmitPolicy(Duration.ofSeconds(1), Duration.ofSeconds(4), 2);

    private final TransferTerms terms;
    private TransferSize size;
    private ReadState state;
    private List<Action> actions;

    private Lockstep(TransferTerms terms, TransferSize size) {
        this.terms = terms;
        this.size = size;
        Step<ReadState> first = ReadTransfer.start(terms, size);
        this.state = first.next();
        this.actions = first.actions();
    }

    /** A read without options: no OACK, DATA 1 answers. */
    static Lockstep plainRead(long size) {
        return new Lockstep(TransferTerms.plain(TWO_RETRIES), new TransferSize(size));
    }

    /** A read whose OACK is {@code blksize=, windowsize=}. */
    static Lockstep read(TransferSize size, int blockSize, int windowSize) {
        List<TftpOption> oack = List.of(
                new TftpOption("blksize", Integer.toString(blockSize)),
                new TftpOption("windowsize", Integer.toString(windowSize)));
        return new Lockstep(new TransferTerms(blockSize, windowSize, TWO_RETRIES, BlockRollover.TO_ZERO, oack), size);
    }

    static Lockstep read(long size, int blockSize, int windowSize) {
        return read(new TransferSize(size), blockSize, windowSize);
    }

    Lockstep on(Input input) {
        if (input instanceof Input.SourceEnded ended) {
            size = new TransferSize(ended.bytes());
        }
        Step<ReadState> step = ReadTransfer.step(state, input);
        state = step.next();
        actions = step.actions();
        return this;
    }

    Lockstep onAck(int block) {
        return on(new PacketReceived(new TftpPacket.Ack(new BlockNumber(block))));
    }

    Lockstep onError(int code) {
        return on(new PacketReceived(new TftpPacket.ErrorPacket(new ErrorCode(code), "stop")));
    }

    Lockstep onTimer() {
        return on(new Input.TimerFired(false));
    }

    Lockstep onEarlyTimer() {
        return on(new Input.TimerFired(true));
    }

    Lockstep does(String... expected) {
        assertThat(actions.stream().flatMap(this::texts)).containsExactly(expected);
        return this;
    }

    Lockstep doesNothing() {
        return does();
    }

    ReadState state() {
        return state;
    }

    List<Action> actions() {
        return actions;
    }

    private Stream<String> texts(Action action) {
        return switch (action) {
            case Send send -> Stream.of(text(send.packet()));
            case SendBlocks blocks ->
                LongStream.rangeClosed(blocks.first(), blocks.last()).mapToObj(this::data);
            case ArmTimer arm ->
                Stream.of("timer " + TWO_RETRIES.delay(arm.retries()).toMillis());
            case Accept accept -> throw new AssertionError("a read accepts nothing");
            case Commit commit -> throw new AssertionError("a read commits nothing");
            case Finish finish -> Stream.of(finish.outcome().getClass().getSimpleName());
        };
    }

    private String data(long block) {
        long offset = terms.offsetOf(block);
        return "DATA " + terms.wireNumber(block) + " [" + offset + ","
                + (offset + size.lengthOf(block, terms.blockSize())) + ")";
    }

    static String text(TftpPacket packet) {
        return switch (packet) {
            case TftpPacket.OptionAck oack ->
                "OACK "
                        + oack.options().stream()
                                .map(option -> option.name() + "=" + option.value())
                                .collect(Collectors.joining(" "));
            case TftpPacket.ErrorPacket error -> "ERROR " + error.code().value() + " " + error.message();
            case TftpPacket.Ack ack -> "ACK " + ack.block().value();
            case TftpPacket.Data data -> "DATA " + data.block().value();
            case TftpPacket.ReadRequest rrq -> "RRQ " + rrq.filename();
            case TftpPacket.WriteRequest wrq -> "WRQ " + wrq.filename();
        };
    }
}
