package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.Network.Quality;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * However the network doubles and delays, and whatever the client answers, the number of packets stays within bounds
 * (RFC 1123 section 4.2.3.1).
 */
class SorcerersApprenticeProperties {

    private static final int BLOCKS = 500;

    @Test
    void withOneBlockPerWindowEveryRepeatIsOwedToALoss() {
        SeededCases.check(400, random -> {
            Quality quality = new Quality(
                    random.nextInt(4) == 0 ? random.nextDouble() * 0.2 : 0,
                    random.nextDouble() * 0.5,
                    0,
                    Duration.ofNanos(20_000 + random.nextLong(100_000_000)),
                    Duration.ZERO,
                    Duration.ofNanos(5_000));
            ReadSimulation simulation = read(random, quality, 1);
            simulation.run();
            assertThat(simulation.dataSent())
                    .as(simulation.network()::ladder)
                    .isBetween(
                            simulation.blocks(),
                            simulation.blocks() + simulation.network().lost());
        });
    }

    /** A reordering network breaks windows like loss does, and a doubled packet looks like a gap. */
    @Test
    void withWindowsTheRepeatsStayWithinBounds() {
        SeededCases.check(400, random -> {
            Quality quality = new Quality(
                    0,
                    random.nextBoolean() ? 0 : random.nextDouble() * 0.1,
                    random.nextBoolean() ? 0 : random.nextDouble() * 0.1,
                    Duration.ofNanos(20_000 + random.nextLong(10_000_000)),
                    Duration.ZERO,
                    Duration.ofNanos(5_000));
            ReadSimulation simulation = read(random, quality, 2 + random.nextInt(15));
            simulation.run();
            assertThat(simulation.dataSent()).as(simulation.network()::ladder).isLessThan(4 * simulation.blocks());
        });
    }

    /** Even to a client that answers every ACK with a block, which is how the apprentice got his name. */
    @Test
    void anUploadIsAcknowledgedOncePerWindowThoughTheNetworkDoubles() {
        SeededCases.check(400, random -> {
            Quality quality = new Quality(
                    0,
                    random.nextDouble() * 0.5,
                    0,
                    Duration.ofNanos(20_000 + random.nextLong(10_000_000)),
                    Duration.ZERO,
                    Duration.ofNanos(5_000));
            int windowSize = random.nextBoolean() ? 1 : 2 + random.nextInt(15);
            WriteSimulation simulation = new WriteSimulation(
                    random,
                    quality,
                    new byte[8 * BLOCKS],
                    terms(windowSize),
                    SimulatedWriter.Habit.ANSWERS_EVERY_ACK,
                    100);
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.Completed());
            long windows = simulation.client().blocks() / windowSize + 1;
            assertThat(simulation.acksSent()).as(simulation.network()::ladder).isLessThan(windows + windows / 10 + 20);
            assertThat(simulation.client().dataSent())
                    .as(
                            "each ACK that the network doubled costs the apprentice a window, and none of its answers another")
                    .isLessThan(2 * simulation.client().blocks() + 20L * windowSize);
        });
    }

    private static ReadSimulation read(Random random, Quality quality, int windowSize) {
        SimulatedReader.Habit[] habits = SimulatedReader.Habit.values();
        return new ReadSimulation(
                random,
                quality,
                new byte[8 * BLOCKS],
                terms(windowSize),
                random.nextBoolean(),
                habits[random.nextInt(habits.length)]);
    }

    private static TransferTerms terms(int windowSize) {
        return new TransferTerms(
                8,
                windowSize,
                RetransmitPolicy.DEFAULT,
                BlockRollover.TO_ZERO,
                List.of(new TftpOption("blksize", "8")));
    }
}
