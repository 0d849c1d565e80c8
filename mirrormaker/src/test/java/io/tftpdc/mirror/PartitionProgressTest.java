package io.tftpdc.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.mirror.PartitionProgress.Lag;
import io.tftpdc.topic.RecordProbe.Ahead;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {
    private final PartitionProgress partition = new PartitionProgress();

    @Test
    void whatIsMirroredToTheEndIsNotBehind() {
        partition.look(OptionalLong.of(7), 7, 1_000);

        assertThat(partition.wanted()).isEmpty();
        assertThat(partition.lag(9_000)).isEqualTo(Lag.NONE);
        assertThat(partition.stuckMillis(9_000)).isZero();
    }

    @Test
    void aBacklogOfDaysIsRememberedCoarselyAndItsAgeIsKept() {
        for (int i = 1; i <= 100_000; i++) {
            partition.look(OptionalLong.of(0), i, i * 2_000L);
        }

        assertThat(partition.seen()).isLessThanOrEqualTo(1_000);
        assertThat(partition.lag(200_000_000)).isEqualTo(new Lag(100_000, 200_000_000 - 2_000));
    }

    @Test
    void theEndOfATransactionBehindThePositionIsNoRecordThatIsMissing() {
        partition.look(OptionalLong.of(7), 8, 1_000);
        assertThat(partition.wanted()).hasValue(7);

        partition.found(new Ahead(8, -1), 1_000);

        assertThat(partition.lag(9_000)).isEqualTo(Lag.NONE);
        assertThat(partition.position()).isEqualTo(8);
        assertThat(partition.stuckMillis(100_000)).isZero();
        partition.look(OptionalLong.of(7), 8, 3_000);
        assertThat(partition.wanted()).as("it is known now").isEmpty();
    }

    @Test
    void behindTheEndOfATransactionIsLookedAgainWhenMoreHasCome() {
        partition.look(OptionalLong.of(7), 8, 1_000);
        partition.found(new Ahead(8, -1), 1_000);

        partition.look(OptionalLong.of(7), 12, 3_000);
        assertThat(partition.wanted()).hasValue(8);
        partition.found(new Ahead(9, 2_500), 3_000);

        assertThat(partition.lag(4_000)).isEqualTo(new Lag(3, 1_000));
    }

    @Test
    void atTheFirstLookTheRecordItselfTellsHowLongItHasWaited() {
        partition.look(OptionalLong.empty(), 10, 60_000);
        partition.found(new Ahead(4, 20_000), 60_000);

        assertThat(partition.lag(61_000)).isEqualTo(new Lag(6, 41_000));
    }

    @Test
    void aFlowThatMovesIsAsFarBehindAsItsNextRecordIsOldByOurOwnClock() {
        partition.look(OptionalLong.of(0), 0, 1_000);
        partition.look(OptionalLong.of(0), 100, 3_000);
        partition.look(OptionalLong.of(40), 200, 5_000);
        partition.look(OptionalLong.of(120), 300, 7_000);

        assertThat(partition.wanted()).isEmpty();
        assertThat(partition.lag(8_000)).isEqualTo(new Lag(180, 3_000));
        assertThat(partition.stuckMillis(8_000)).isZero();
    }

    @Test
    void aRecordThatWaitsWithoutAnyMoveIsStuckUntilThePositionMoves() {
        partition.look(OptionalLong.of(5), 9, 1_000);
        partition.found(new Ahead(5, 900), 1_000);
        partition.look(OptionalLong.of(5), 9, 3_000);
        assertThat(partition.stuckMillis(31_000)).isEqualTo(30_000);

        partition.look(OptionalLong.of(6), 9, 32_000);
        assertThat(partition.stuckMillis(33_000)).isZero();
    }

    @Test
    void nobodyIsBlamedForTheTimeInWhichAClusterWasAway() {
        partition.look(OptionalLong.of(5), 9, 1_000);
        partition.found(new Ahead(5, 900), 1_000);
        partition.blind();
        assertThat(partition.stuckMillis(500_000)).isZero();

        partition.look(OptionalLong.of(5), 9, 500_000);
        assertThat(partition.stuckMillis(510_000)).isEqualTo(10_000);
    }

    @Test
    void aNewFlowHasAllTheTimeThatTheFormerOneHad() {
        partition.look(OptionalLong.of(5), 9, 1_000);
        partition.found(new Ahead(5, 900), 1_000);

        partition.restarted(61_000);

        assertThat(partition.stuckMillis(62_000)).isEqualTo(1_000);
        assertThat(partition.lag(62_000).millis())
                .as("the record waits all the same")
                .isEqualTo(61_100);
    }

    @Test
    void aTopicThatWasMadeAnewAtThePeerIsLookedAtFromTheBeginning() {
        partition.look(OptionalLong.of(50), 60, 1_000);
        partition.found(new Ahead(50, 900), 1_000);

        partition.look(OptionalLong.of(50), 3, 3_000);

        assertThat(partition.lag(4_000)).isEqualTo(Lag.NONE);
        assertThat(partition.stuckMillis(90_000)).isZero();
    }
}
