package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.RandomPackets;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.Network.Quality;
import io.tftpdc.tftp.transfer.SimulatedWriter.Habit;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Under any loss short of the retry limit an upload is stored whole, each block once and in order, and its last ACK comes
 * after the commit; the seed and a packet ladder if not.
 */
class LossyUploadProperties {

    private static final RetransmitPolicy PATIENT =
            new RetransmitPolicy(Duration.ofSeconds(1), Duration.ofSeconds(8), 120);

    /** Its timer repeats until the server has given up. */
    private static final int FOR_EVER = 100_000;

    @Test
    void theFileIsStoredWholeOverABadNetwork() {
        SeededCases.check(
                2_000,
                random -> checkWhole(
                        random, Quality.random(random, 0.4, 0.3, 0.3), terms(random), random.nextInt(20_000)));
    }

    @Test
    void theFileIsStoredWholeAcrossARollover() {
        SeededCases.check(6, random -> {
            int windowSize = 1 + random.nextInt(64);
            BlockRollover rollover = random.nextBoolean() ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE;
            TransferTerms terms =
                    new TransferTerms(8, windowSize, PATIENT, rollover, List.of(new TftpOption("blksize", "8")));
            checkWhole(random, Quality.random(random, 0.002, 0.002, 0.002), terms, 8 * 66_000 + random.nextInt(100));
        });
    }

    /** Four of five in a row would have to be lost on the way back. */
    @Test
    void theClientHearsThatItsFileIsSafe() {
        SeededCases.check(1_000, random -> {
            Quality quality = Quality.losing(random.nextDouble() * 0.05, Duration.ofMillis(1 + random.nextInt(20)));
            WriteSimulation simulation = simulation(random, quality, terms(random), random.nextInt(20_000));
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.Completed());
            assertThat(simulation.client().done())
                    .as(simulation.network()::ladder)
                    .isTrue();
        });
    }

    @Test
    void aGoodNetworkNeedsNoPacketTwice() {
        SeededCases.check(400, random -> {
            WriteSimulation simulation =
                    simulation(random, Quality.losing(0, Duration.ofMillis(1)), terms(random), random.nextInt(20_000));
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.Completed());
            long repeatsWhileCommitting = 3L * simulation.client().windowSize();
            assertThat(simulation.client().dataSent())
                    .as(simulation.network()::ladder)
                    .isLessThanOrEqualTo(simulation.client().blocks() + repeatsWhileCommitting);
        });
    }

    /** A LAN, windows of 16: the client's own timer would cost more than a second for each ACK or window end lost. */
    @Test
    void lossCostsRoundTripsAndNotSeconds() {
        int blocks = 5_000;
        SeededCases.check(8, random -> {
            TransferTerms terms = new TransferTerms(
                    8,
                    16,
                    RetransmitPolicy.DEFAULT,
                    BlockRollover.TO_ZERO,
                    List.of(new TftpOption("windowsize", "16")));
            WriteSimulation simulation = new WriteSimulation(
                    random,
                    Quality.losing(0.05, Duration.ofNanos(100_000)),
                    new byte[8 * blocks],
                    terms,
                    Habit.FOLLOWS_THE_RFCS,
                    FOR_EVER);
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.Completed());
            long commitAndDally = 3 + 6;
            assertThat(simulation.network().nanos() / 1e9 - commitAndDally)
                    .as(simulation.network()::ladder)
                    .isLessThan(5);
        });
    }

    @Test
    void aClientThatGoesSilentIsGivenUp() {
        SeededCases.check(50, random -> {
            WriteSimulation simulation = new WriteSimulation(
                    random,
                    Quality.losing(0.995, Duration.ofMillis(10)),
                    new byte[50_000],
                    TransferTerms.plain(RetransmitPolicy.DEFAULT),
                    Habit.FOLLOWS_THE_RFCS,
                    FOR_EVER);
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.TimedOut());
        });
    }

    private static void checkWhole(Random random, Quality quality, TransferTerms terms, int size) {
        WriteSimulation simulation = simulation(random, quality, terms, size);
        TransferOutcome outcome = simulation.run();
        assertThat(outcome).as(simulation.network()::ladder).isEqualTo(new TransferOutcome.Completed());
        assertThat(simulation.storedWhole()).as(simulation.network()::ladder).isTrue();
    }

    private static WriteSimulation simulation(Random random, Quality quality, TransferTerms terms, int size) {
        byte[] content = RandomPackets.bytes(random, size);
        Habit habit = Habit.values()[random.nextInt(Habit.values().length)];
        return new WriteSimulation(random, quality, content, terms, habit, FOR_EVER);
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
