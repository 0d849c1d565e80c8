package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Drives a write one input at a time and compares what it does, as text: {@code accept 2 (512)}, {@code ACK 2},
 * {@code OACK blksize=1024}, {@code commit}, {@code timer 1000}, {@code ERROR 3 ...}, {@code Completed}.
 */
final class WriteLockstep {

    static final long MOST_BYTES = 1_000_000_000;

    private final TransferTerms terms;
    private WriteState state;
    private List<Action> actions;

    private WriteLockstep(TransferTerms terms, long mostBytes) {
        this.terms = terms;
        Step<WriteState> first = WriteTransfer.start(terms, mostBytes);
        this.state = first.next();
        this.actions = first.actions();
    }

    /** A write without options: no OACK, ACK 0 answers. */
    static WriteLockstep plainWrite() {
        return new WriteLockstep(TransferTerms.plain(Lockstep.TWO_RETRIES), MOST_BYTES);
    }

    /** A write whose OACK is {@code blksize=, windowsize=}. */
    static WriteLockstep write(int blockSize, int windowSize) {
        return write(
                blockSize,
                windowSize,
                MOST_BYTES,
                new TftpOption("blksize", Integer.toString(blockSize)),
                new TftpOption("windowsize", Integer.toString(windowSize)));
    }

    static WriteLockstep write(int blockSize, int windowSize, long mostBytes, TftpOption... oack) {
        return new WriteLockstep(
                new TransferTerms(blockSize, windowSize, Lockstep.TWO_RETRIES, BlockRollover.TO_ZERO, List.of(oack)),
                mostBytes);
    }

    WriteLockstep on(Input input) {
        Step<WriteState> step = WriteTransfer.step(state, input);
        state = step.next();
        actions = step.actions();
        return this;
    }

    /** A full block. */
    WriteLockstep onData(int block) {
        return onData(block, terms.blockSize());
    }

    WriteLockstep onData(int block, int length) {
        return on(new PacketReceived(new TftpPacket.Data(new BlockNumber(block), ByteBuffer.allocate(length))));
    }

    WriteLockstep onError(int code) {
        return on(new PacketReceived(new TftpPacket.ErrorPacket(new ErrorCode(code), "stop")));
    }

    WriteLockstep onTimer() {
        return on(new Input.TimerFired(false));
    }

    WriteLockstep onEarlyTimer() {
        return on(new Input.TimerFired(true));
    }

    WriteLockstep does(String... expected) {
        assertThat(actions.stream().map(WriteLockstep::text)).containsExactly(expected);
        return this;
    }

    WriteLockstep doesNothing() {
        return does();
    }

    WriteState state() {
        return state;
    }

    private static String text(Action action) {
        return switch (action) {
            case Action.Send send -> Lockstep.text(send.packet());
            case Action.Accept accept -> "accept " + accept.block() + " (" + accept.length() + ")";
            case Action.Commit commit -> "commit";
            case Action.ArmTimer arm ->
                "timer " + Lockstep.TWO_RETRIES.delay(arm.retries()).toMillis();
            case Action.Finish finish -> finish.outcome().getClass().getSimpleName();
            case Action.SendBlocks blocks -> throw new AssertionError("a write sends no data");
        };
    }
}
