package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.ReadState.Reason;
import io.tftpdc.tftp.transfer.ReadState.Repair;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast path does what {@link ReadTransfer#step} would do, or nothing at all. */
class SteadyReadProperties {

    @Test
    void whateverItAcceptsHasTheStateAndTheActionsOfStep() {
        int[] accepted = {0};
        SeededCases.check(50_000, random -> {
            SendingWindow before = state(random);
            SteadyRead steady = new SteadyRead(before.terms());
            steady.enter(before);
            assertThat(steady.state()).isEqualTo(before);

            int wireNumber = random.nextInt(10) == 0
                    ? random.nextInt(0x10000)
                    : before.terms().wireNumber(before.sent() - random.nextInt(3) % (before.sent() + 1));
            if (steady.acknowledged(wireNumber)) {
                accepted[0]++;
                Step<ReadState> step =
                        ReadTransfer.step(before, new PacketReceived(new Ack(new BlockNumber(wireNumber))));
                assertThat(steady.state()).isEqualTo(step.next());
                assertThat(step.actions())
                        .isEqualTo(List.of(new SendBlocks(steady.first(), steady.last()), new ArmTimer(0)));
            } else {
                assertThat(steady.state()).isEqualTo(before);
            }
        });
        assertThat(accepted[0]).isGreaterThan(Long.getLong("seed") == null ? 10_000 : -1);
    }

    @Test
    void aWholeReadOfManyWindowsIsAccepted() {
        TransferTerms terms = new TransferTerms(8, 5, RetransmitPolicy.DEFAULT, BlockRollover.TO_ONE, List.of());
        SteadyRead steady = new SteadyRead(terms);
        steady.enter((SendingWindow)
                ReadTransfer.start(terms, new TransferSize(8 * 200_003)).next());
        while (steady.last() < 200_004) {
            assertThat(steady.acknowledged(terms.wireNumber(steady.last()))).isTrue();
        }
        assertThat(steady.acknowledged(terms.wireNumber(200_004)))
                .as("the end is not ordinary")
                .isFalse();
    }

    @Test
    void beforeItIsEnteredAndAfterItIsLeftItAcceptsNothing() {
        TransferTerms terms = TransferTerms.plain(RetransmitPolicy.DEFAULT);
        SteadyRead steady = new SteadyRead(terms);
        assertThat(steady.acknowledged(0)).isFalse();
        steady.enter((SendingWindow)
                ReadTransfer.start(terms, new TransferSize(10_000)).next());
        steady.leave();
        assertThat(steady.acknowledged(1)).isFalse();
        assertThat(steady.acknowledged(0)).isFalse();
    }

    private static SendingWindow state(Random random) {
        int windowSize = 1 + random.nextInt(random.nextBoolean() ? 1 : 64);
        int blockSize = 8 + random.nextInt(600);
        BlockRollover rollover = random.nextBoolean() ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE;
        TransferTerms terms = new TransferTerms(blockSize, windowSize, RetransmitPolicy.DEFAULT, rollover, List.of());
        long acknowledged = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(300_000);
        long sent = acknowledged + 1 + random.nextInt(windowSize);
        long bytes = Math.max(0, sent - 1 + random.nextInt(3 * windowSize)) * blockSize + random.nextInt(blockSize);
        return new SendingWindow(
                terms,
                random.nextInt(4) == 0 ? TransferSize.UNKNOWN : new TransferSize(bytes),
                acknowledged,
                sent,
                random.nextInt(3),
                new Repair(
                        Reason.values()[random.nextInt(Reason.values().length)],
                        random.nextBoolean() ? -1 : Math.max(0, sent - random.nextInt(windowSize + 5)),
                        random.nextInt(10),
                        random.nextInt(3),
                        random.nextBoolean()),
                random.nextBoolean(),
                random.nextInt(100));
    }
}
