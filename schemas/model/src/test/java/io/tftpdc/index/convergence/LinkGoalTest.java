package io.tftpdc.index.convergence;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.SiteName;
import org.junit.jupiter.api.Test;

class LinkGoalTest {
    private final LinkGoal goal = new LinkGoal();

    @Test
    void aLinkThatIsNeverAtItsEndCarriesAllTheSame() {
        // 100 records come every second, and the mirror is always 150 behind.
        for (int second = 0; second <= 60; second++) {
            look(second * 100L, second * 100L + 150, second * 1_000L);
        }

        assertThat(goal.hasCarried(50_000)).isTrue();
        assertThat(goal.hasCarried(60_000))
                .as("the last looks may be older than they are told")
                .isFalse();
    }

    @Test
    void whatABacklogHidesIsNotThere() {
        for (int second = 0; second <= 600; second++) {
            look(second * 10L, 1_000_000, second * 1_000L);
        }

        assertThat(goal.hasCarried(0)).isFalse();
    }

    @Test
    void aLinkAtItsEndHasCarriedAllThatWasThereAFewSecondsAgo() {
        look(7, 7, 60_000);

        assertThat(goal.hasCarried(60_000 - LinkGoal.REPORT_IS_OLD_MILLIS)).isTrue();
        assertThat(goal.hasCarried(60_001 - LinkGoal.REPORT_IS_OLD_MILLIS)).isFalse();
    }

    @Test
    void eventsThatWereMadeAnewMakeNobodyWaitForTheFormerOnes() {
        look(500, 1_000, 0);
        look(3, 3, 60_000);

        assertThat(goal.hasCarried(50_000)).isTrue();
    }

    private void look(long position, long end, long atMillis) {
        goal.look(new LinkProgress(
                LinkProgress.Step.MIRROR, new SiteName("dc2"), new SiteName("dc1"), position, end, atMillis));
    }
}
