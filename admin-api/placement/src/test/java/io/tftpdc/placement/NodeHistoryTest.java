package io.tftpdc.placement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Times are milliseconds; the listener's clock begins at 1,000,000. */
class NodeHistoryTest {
    private static final long SILENT_AFTER = 4_000;

    @Test
    void ageCountsFromWhenAReportArrivedWhereClocksAgree() {
        NodeHistory history = first(1_000_000, 1_000_020);

        assertThat(history.ageMillis(1_000_020)).isEqualTo(20);
        assertThat(history.ageMillis(1_003_000)).isEqualTo(3_000);
    }

    @Test
    void aClockThatIsAheadMakesNobodyYoungerThanItsLastReport() {
        NodeHistory history = then(first(4_600_000, 1_000_000), 4_601_000, 1_001_000);

        assertThat(history.ageMillis(1_001_000)).isZero();
        assertThat(history.ageMillis(1_006_000)).isEqualTo(5_000);
    }

    @Test
    void aBacklogAtTheStartDoesNotRaiseTheDead() {
        // It spoke every second until 900,000, and all of that arrives at once.
        NodeHistory history = first(897_000, 1_000_000);
        for (int second = 1; second <= 3; second++) {
            history = then(history, 897_000 + second * 1_000, 1_000_000 + second);
        }

        assertThat(history.ageMillis(1_000_003)).isEqualTo(100_003);
    }

    @Test
    void aBacklogAfterAPartitionDoesNotRaiseWhoDiedMeanwhile() {
        NodeHistory dead = first(1_000_000, 1_000_050);
        NodeHistory alive = dead;
        for (int second = 1; second <= 60; second++) {
            if (second <= 20) {
                dead = then(dead, 1_000_000 + second * 1_000, 1_060_100 + second);
            }
            alive = then(alive, 1_000_000 + second * 1_000, 1_060_100 + second);
        }

        assertThat(dead.ageMillis(1_060_200)).isGreaterThan(SILENT_AFTER);
        assertThat(alive.ageMillis(1_060_200)).isLessThan(SILENT_AFTER);
    }

    @Test
    void aClockThatIsBehindIsBelievedAfterAFewLiveReports() {
        // An hour behind.
        NodeHistory history = first(1_000_000, 4_600_000);
        assertThat(history.ageMillis(4_600_000)).isGreaterThan(SILENT_AFTER);
        for (int second = 1; second <= NodeHistory.STEADY; second++) {
            history = then(history, 1_000_000 + second * 1_000, 4_600_000 + second * 1_000);
        }

        assertThat(history.ageMillis(4_600_000 + NodeHistory.STEADY * 1_000)).isZero();
        assertThat(history.ageMillis(4_610_000)).isEqualTo(10_000 - NodeHistory.STEADY * 1_000);
    }

    @Test
    void aClockThatIsPutBackSilencesNoNodeForGood() {
        NodeHistory history = first(1_000_000, 1_000_000);
        long arrived = 1_000_000;
        for (int second = 1; second <= 20; second++) {
            arrived = 1_000_000 + second * 1_000;
            history = then(history, arrived - 600_000, arrived);
        }

        assertThat(history.ageMillis(arrived)).isZero();
        assertThat(history.report().reportedAtMillis()).isEqualTo(arrived - 600_000);
    }

    @Test
    void anOlderReportThatComesLaterIsNotTheLastWord() {
        NodeHistory history = then(first(1_002_000, 1_002_010), 1_001_000, 1_002_020);

        assertThat(history.report().reportedAtMillis()).isEqualTo(1_002_000);
    }

    @Test
    void theSameReportAgainIsNoSignOfLife() {
        NodeHistory history = then(first(1_000_000, 1_000_010), 1_000_000, 1_009_000);

        assertThat(history.ageMillis(1_009_000)).isEqualTo(9_000);
    }

    private static NodeHistory first(long made, long arrived) {
        return NodeHistory.first(Nodes.edge("dc1", "e").report(0, made), arrived);
    }

    private static NodeHistory then(NodeHistory history, long made, long arrived) {
        return history.then(Nodes.edge("dc1", "e").report(0, made), arrived, SILENT_AFTER);
    }
}
