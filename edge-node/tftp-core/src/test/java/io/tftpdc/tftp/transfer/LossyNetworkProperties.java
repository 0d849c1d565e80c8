package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.RandomPackets;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.Simulation.Network;
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
            Network network = new Network(
                    random.nextDouble() * 0.4,
                    random.nextDouble() * 0.3,
                    random.nextDouble() * 0.3,
                    1 + random.nextInt(400));
            checkWhole(random, network, terms(random), random.nextInt(20_000));
        });
    }

    @Test
    void theClientGetsTheBytesWholeAcrossARollover() {
        SeededCases.check(3, random -> {
            int windowSize = 1 + random.nextInt(64);
            TransferTerms terms = new TransferTerms(
                    8, windowSize, PATIENT, BlockRollover.TO_ZERO, List.of(new TftpOption("blksize", "8")));
            checkWhole(random, new Network(0.002, 0.002, 0.002, 5), terms, 8 * 66_000 + random.nextInt(100));
        });
    }

    @Test
    void aGoodNetworkNeedsNoPacketTwice() {
        SeededCases.check(200, random -> {
            Simulation simulation = simulation(random, new Network(0, 0, 0, 1), terms(random), random.nextInt(20_000));
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.Completed());
            assertThat(simulation.progress().retransmittedPackets())
                    .as(simulation.ladder())
                    .isZero();
        });
    }

    @Test
    void aDeadNetworkEndsInATimeout() {
        SeededCases.check(50, random -> {
            Simulation simulation = simulation(random, new Network(0.995, 0, 0, 10), terms(random), 5_000);
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.TimedOut());
        });
    }

    private static void checkWhole(Random random, Network network, TransferTerms terms, int size) {
        Simulation simulation = simulation(random, network, terms, size);
        TransferOutcome outcome = simulation.run();
        assertThat(outcome).as(simulation.ladder()).isEqualTo(new TransferOutcome.Completed());
        assertThat(simulation.receivedWhole()).as(simulation.ladder()).isTrue();
        assertThat(simulation.progress().bytesAcknowledged()).isEqualTo(size);
    }

    private static Simulation simulation(Random random, Network network, TransferTerms terms, int size) {
        byte[] content = RandomPackets.bytes(random, size);
        return new Simulation(random, network, content, terms, random.nextInt(4) > 0);
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
                BlockRollover.TO_ZERO,
                List.of(new TftpOption("blksize", Integer.toString(blockSize))));
    }
}
