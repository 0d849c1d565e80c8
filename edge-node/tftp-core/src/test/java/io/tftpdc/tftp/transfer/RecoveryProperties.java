package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.Network.Quality;
import io.tftpdc.tftp.transfer.SimulatedReader.Habit;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What loss costs a read with windows of 16 blocks, in time and in packets. Blocks sent again are needless when the client
 * has them already as they arrive; a block that it had to drop because of a gap before it is not counted.
 */
class RecoveryProperties {

    private static final int BLOCKS = 5_000;
    private static final int WINDOW = 16;
    private static final Duration LAN = Duration.ofNanos(100_000);

    /** Half a percent of the blocks; RFC 7440 section 4 has the client acknowledge what comes out of sequence. */
    @Test
    void aClientThatFollowsRfc7440GetsHardlyAnythingNeedlessly() {
        for (double loss : new double[] {0.01, 0.05}) {
            Totals totals = totals(Habit.ACKS_EACH, Quality.losing(loss, LAN));
            assertThat(totals.needless()).as("at %s loss: %s", loss, totals).isLessThan(0.005);
        }
    }

    @Test
    void soDoClientsWithOtherHabitsAtOnePercent() {
        for (Habit habit :
                List.of(Habit.ACKS_ONCE, Habit.ACKS_ONCE_AND_COUNTS_WINDOWS_FROM_THE_START, Habit.ACKS_EACH_REPEAT)) {
            Totals totals = totals(habit, Quality.losing(0.01, LAN));
            assertThat(totals.needless()).as("%s: %s", habit, totals).isLessThan(0.005);
        }
    }

    /**
     * Of these, an ACK that is lost is never repeated for a packet of the same window: the gap it told of is found only by
     * sending the window again. With 5% of the ACKs lost, 1.7% of the blocks are sent needlessly whatever a server does.
     */
    @Test
    void clientsThatAcknowledgeAGapOnceGetSomeNeedlesslyWhenItsAckIsLost() {
        for (Habit habit :
                List.of(Habit.ACKS_ONCE, Habit.ACKS_ONCE_AND_COUNTS_WINDOWS_FROM_THE_START, Habit.ACKS_EACH_REPEAT)) {
            Totals totals = totals(habit, Quality.losing(0.05, LAN));
            assertThat(totals.needless()).as("%s: %s", habit, totals).isLessThan(0.05);
        }
    }

    /** A server that waits a second for each loss that no gap tells of gets 67 blocks per second here, at 5%. */
    @Test
    void lossCostsRoundTripsAndNotSeconds() {
        double undisturbed = totals(Habit.ACKS_EACH, Quality.losing(0, LAN)).blocksPerSecond();
        assertThat(undisturbed).isGreaterThan(50_000);
        assertThat(totals(Habit.ACKS_EACH, Quality.losing(0.01, LAN)).blocksPerSecond())
                .isGreaterThan(0.7 * undisturbed);
        assertThat(totals(Habit.ACKS_EACH, Quality.losing(0.05, LAN)).blocksPerSecond())
                .isGreaterThan(0.2 * undisturbed);
        assertThat(totals(Habit.ACKS_ONCE, Quality.losing(0.01, LAN)).blocksPerSecond())
                .isGreaterThan(0.2 * undisturbed);
    }

    @Test
    void aSlowNetworkLosesNoMoreThanAFastOne() {
        Totals totals = totals(Habit.ACKS_EACH, Quality.losing(0.05, Duration.ofMillis(20)));
        assertThat(totals.needless()).as("%s", totals).isLessThan(0.005);
        assertThat(totals.blocksPerSecond())
                .as("a window takes 40 ms; every second one needs another")
                .isGreaterThan(0.4 * WINDOW / 0.040);
    }

    /** A client, or a switch before it, has too few buffers for what it asked for: the second half of windows is lost. */
    @Test
    void aClientWithTooFewBuffersIsServedAsFastAsItCan() {
        Quality fewBuffers = new Quality(0, 0, 0, LAN, Duration.ZERO, Duration.ofNanos(5_000), WINDOW / 2);
        for (Habit habit : Habit.values()) {
            Totals totals = totals(habit, fewBuffers);
            assertThat(totals.needless()).as("%s: %s", habit, totals).isLessThan(0.005);
            assertThat(totals.blocksPerSecond()).as("%s: %s", habit, totals).isGreaterThan(500);
        }
    }

    /** RTT from 0.1 to 20 ms, evenly spread. */
    @Test
    void aJitteryNetworkThatLosesNothingIsNotMistakenForOneThatLoses() {
        for (Habit habit : Habit.values()) {
            Quality jittery =
                    new Quality(0, 0, 0, Duration.ofNanos(50_000), Duration.ofMillis(10), Duration.ofNanos(5_000));
            Totals totals = totals(habit, jittery);
            assertThat(totals.needless()).as("%s: %s", habit, totals).isLessThan(0.001);
        }
    }

    /** RTT 0.2 ms as a rule, and 20 ms for every tenth window: that costs a probe, or two. */
    @Test
    void aClientThatIsSlowNowAndThenCostsAProbe() {
        Totals totals = new Totals();
        SeededCases.check(8, random -> {
            ReadSimulation simulation = simulation(random, Quality.losing(0, LAN), Habit.ACKS_EACH);
            simulation.delayingOneAckIn(10, Duration.ofMillis(20));
            totals.add(simulation);
        });
        assertThat(totals.needless()).as("%s", totals).isLessThan(0.01);
    }

    private static Totals totals(Habit habit, Quality quality) {
        Totals totals = new Totals();
        SeededCases.check(8, random -> totals.add(simulation(random, quality, habit)));
        return totals;
    }

    private static ReadSimulation simulation(Random random, Quality quality, Habit habit) {
        TransferTerms terms = new TransferTerms(
                8,
                WINDOW,
                RetransmitPolicy.DEFAULT,
                BlockRollover.TO_ZERO,
                List.of(new TftpOption("windowsize", Integer.toString(WINDOW))));
        return new ReadSimulation(random, quality, new byte[8 * BLOCKS - 1], terms, true, habit);
    }

    /** Of several transfers. */
    private static final class Totals {
        private long blocks;
        private long duplicates;
        private long nanos;
        private long sent;

        void add(ReadSimulation simulation) {
            assertThat(simulation.run()).isEqualTo(new TransferOutcome.Completed());
            assertThat(simulation.receivedWhole()).isTrue();
            blocks += simulation.blocks();
            duplicates += simulation.client().duplicates();
            nanos += simulation.network().nanos();
            sent += simulation.dataSent();
        }

        double needless() {
            return (double) duplicates / blocks;
        }

        double blocksPerSecond() {
            return blocks / (nanos / 1e9);
        }

        @Override
        public String toString() {
            return "%,d blocks, %,d DATA, %.2f%% needless, %,.0f blocks/s"
                    .formatted(blocks, sent, 100 * needless(), blocksPerSecond());
        }
    }
}
