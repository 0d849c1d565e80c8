package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.RandomPackets;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.Network.Quality;
import io.tftpdc.tftp.transfer.SimulatedReader.Habit;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Under any loss short of the retry limit the client gets the bytes whole; the seed and a packet ladder if not. */
class LossyNetworkProperties {

    /** So many that the networks here, which lose at most 40%, do not reach the limit. */
    private static final RetransmitPolicy PATIENT =
            new RetransmitPolicy(Duration.ofSeconds(1), Duration.ofSeconds(8), 120);

    @Test
    void theClientGetsTheBytesWholeOverABadNetwork() {
        SeededCases.check(2_000, random -> {
            Quality quality = Quality.random(random, 0.4, 0.3, 0.3);
            checkWhole(random, quality, terms(random), random.nextInt(20_000));
        });
    }

    @Test
    void theClientGetsTheBytesWholeAcrossARollover() {
        SeededCases.check(6, random -> {
            int windowSize = 1 + random.nextInt(64);
            BlockRollover rollover = random.nextBoolean() ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE;
            TransferTerms terms =
                    new TransferTerms(8, windowSize, PATIENT, rollover, List.of(new TftpOption("blksize", "8")));
            checkWhole(random, Quality.random(random, 0.002, 0.002, 0.002), terms, 8 * 66_000 + random.nextInt(100));
        });
    }

    @Test
    void aGoodNetworkNeedsNoPacketTwice() {
        SeededCases.check(400, random -> {
            ReadSimulation simulation =
                    simulation(random, Quality.losing(0, Duration.ofMillis(1)), terms(random), random.nextInt(20_000));
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.Completed());
            assertThat(simulation.progress().retransmittedPackets())
                    .as(simulation.network()::ladder)
                    .isZero();
        });
    }

    @Test
    void aDeadNetworkEndsInATimeout() {
        SeededCases.check(50, random -> {
            ReadSimulation simulation =
                    simulation(random, Quality.losing(0.995, Duration.ofMillis(10)), terms(random), 5_000);
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.TimedOut());
        });
    }

    private static void checkWhole(Random random, Quality quality, TransferTerms terms, int size) {
        ReadSimulation simulation = simulation(random, quality, terms, size);
        TransferOutcome outcome = simulation.run();
        assertThat(outcome).as(simulation.network()::ladder).isEqualTo(new TransferOutcome.Completed());
        assertThat(simulation.receivedWhole()).as(simulation.network()::ladder).isTrue();
        assertThat(simulation.progress().bytesAcknowledged()).isEqualTo(size);
    }

    private static ReadSimulation simulation(Random random, Quality quality, TransferTerms terms, int size) {
        byte[] content = RandomPackets.bytes(random, size);
        Habit habit = Habit.values()[random.nextInt(Habit.values().length)];
        return new ReadSimulation(random, quality, content, terms, random.nextInt(4) > 0, habit);
    }

    private static TransferTerms terms(Random random) {
        if (random.nextInt(4) == 0) {
            return TransferTerms.plain(PATIENT);
        }
        int blockSize = 8 + random.nextInt(1_500);
        int windowSize = random.nextBoolean() ? 1 : 2 + random.nextInt(30);
        return new TransferTerms(
                blockSize,
                windowSize,
                PATIENT,
                random.nextBoolean() ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE,
                List.of(new TftpOption("blksize", Integer.toString(blockSize))));
    }
}
