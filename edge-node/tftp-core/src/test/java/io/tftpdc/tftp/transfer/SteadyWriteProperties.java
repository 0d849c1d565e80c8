package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.WriteState.Receiving;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast path does what {@link WriteTransfer#step} would do, or nothing at all. */
class SteadyWriteProperties {

    @Test
    void whateverItAcceptsHasTheStateAndTheActionsOfStep() {
        int[] accepted = {0};
        SeededCases.check(50_000, random -> {
            Receiving before = state(random);
            SteadyWrite steady = new SteadyWrite(before.terms());
            boolean entered = steady.enter(before);
            assertThat(entered).isEqualTo(steady.entered());
            if (entered) {
                assertThat(steady.state()).isEqualTo(before);
            }
            int blockSize = before.terms().blockSize();
            long near = Math.max(0, before.accepted() + (random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 1));
            int wireNumber = random.nextInt(10) == 0
                    ? random.nextInt(0x10000)
                    : before.terms().wireNumber(near);
            int length = random.nextInt(6) == 0 ? random.nextInt(blockSize + 3) : blockSize;
            if (steady.received(wireNumber, length)) {
                accepted[0]++;
                Step<WriteState> step = WriteTransfer.step(
                        before, new PacketReceived(new Data(new BlockNumber(wireNumber), ByteBuffer.allocate(length))));
                assertThat(steady.state()).isEqualTo(step.next());
                assertThat(actions(steady, length)).isEqualTo(step.actions());
            } else if (entered) {
                assertThat(steady.state()).isEqualTo(before);
            }
        });
        assertThat(accepted[0]).isGreaterThan(Long.getLong("seed") == null ? 10_000 : -1);
    }

    private static List<Action> actions(SteadyWrite steady, int length) {
        List<Action> actions = new ArrayList<>(List.of(new Accept(steady.accepted(), length)));
        if (steady.acknowledge() != SteadyWrite.NOTHING) {
            actions.add(new Send(new Ack(new BlockNumber(steady.acknowledge()))));
            actions.add(new ArmTimer(0));
        }
        return actions;
    }

    @Test
    void aWholeFileButItsLastBlockIsAccepted() {
        TransferTerms terms = new TransferTerms(8, 5, RetransmitPolicy.DEFAULT, BlockRollover.TO_ONE, List.of());
        SteadyWrite steady = new SteadyWrite(terms);
        steady.enter((Receiving) WriteTransfer.start(terms, 8 * 200_000).next());
        for (int block = 1; block <= 200_000; block++) {
            assertThat(steady.received(terms.wireNumber(block), 8)).isTrue();
            assertThat(steady.acknowledge()).isEqualTo(block % 5 == 0 ? terms.wireNumber(block) : SteadyWrite.NOTHING);
        }
        assertThat(steady.bytes()).isEqualTo(8 * 200_000);
        assertThat(steady.received(terms.wireNumber(200_001), 8))
                .as("too large")
                .isFalse();
        assertThat(steady.received(terms.wireNumber(200_001), 7))
                .as("the last block")
                .isFalse();
    }

    @Test
    void beforeItIsEnteredAndAfterItIsLeftItAcceptsNothing() {
        TransferTerms terms = TransferTerms.plain(RetransmitPolicy.DEFAULT);
        SteadyWrite steady = new SteadyWrite(terms);
        assertThat(steady.received(1, 512)).isFalse();
        steady.enter((Receiving) WriteTransfer.start(terms, 10_000).next());
        steady.leave();
        assertThat(steady.received(1, 512)).isFalse();
    }

    private static Receiving state(Random random) {
        int windowSize = 1 + random.nextInt(random.nextBoolean() ? 1 : 64);
        int blockSize = 8 + random.nextInt(100);
        BlockRollover rollover = random.nextBoolean() ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE;
        TransferTerms terms = new TransferTerms(blockSize, windowSize, RetransmitPolicy.DEFAULT, rollover, List.of());
        long acknowledged = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(300_000);
        long accepted = acknowledged + random.nextInt(windowSize);
        long bytes = accepted * blockSize;
        boolean troubled = random.nextInt(4) == 0;
        return new Receiving(
                terms,
                bytes + (random.nextInt(4) == 0 ? random.nextInt(2 * blockSize) : 1_000_000),
                accepted,
                bytes,
                acknowledged,
                troubled ? random.nextInt(3) : 0,
                troubled ? random.nextInt(3) : 0,
                troubled ? random.nextInt(3) : 0,
                troubled && random.nextBoolean(),
                random.nextInt(100));
    }
}
