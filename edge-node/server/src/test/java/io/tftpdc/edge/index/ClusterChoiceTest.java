package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClusterChoiceTest {
    private static final boolean NO = false;
    private static final boolean YES = true;

    private final ClusterChoice choice = new ClusterChoice(3, Duration.ofMillis(30), Duration.ofMillis(60), 0);

    @Test
    void aShortSilenceOfTheOwnClusterChangesNothing() {
        assertThat(heard(0, YES, YES, YES)).isZero();
        assertThat(heard(29, NO, YES, YES)).isZero();
        assertThat(heard(30, YES, YES, YES)).isZero();
        assertThat(heard(59, NO, YES, YES)).isZero();
    }

    @Test
    void theFirstPeerThatAnswersIsFollowedWhenTheOwnClusterStaysAway() {
        heard(0, YES, YES, YES);

        assertThat(heard(30, NO, NO, YES)).isEqualTo(2);
    }

    @Test
    void theOwnClusterIsFollowedWhenNobodyAnswers() {
        assertThat(heard(100, NO, NO, NO)).isZero();
        assertThat(heard(101, NO, YES, NO)).isEqualTo(1);
    }

    @Test
    void theOwnClusterIsFollowedAgainWhenItHasAnsweredWithoutABreak() {
        heard(30, NO, YES, YES);

        assertThat(heard(40, YES, YES, YES)).isEqualTo(1);
        assertThat(heard(90, NO, YES, YES)).isEqualTo(1);
        assertThat(heard(100, YES, YES, YES)).isEqualTo(1);
        assertThat(heard(159, YES, YES, YES)).isEqualTo(1);
        assertThat(heard(160, YES, YES, YES)).isZero();
    }

    @Test
    void aPeerThatGoesAwayTooIsLeftForWhoeverAnswers() {
        heard(30, NO, YES, YES);

        assertThat(heard(59, NO, NO, YES)).isEqualTo(1);
        assertThat(heard(60, NO, NO, YES)).isEqualTo(2);
        assertThat(heard(95, YES, NO, NO)).isZero();
    }

    private int heard(long now, boolean... answers) {
        return choice.heard(answers, now);
    }
}
