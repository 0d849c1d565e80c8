package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final TopicPartition A = new TopicPartition("t", 0);
    private static final TopicPartition B = new TopicPartition("t", 1);

    private final Freshness freshness = new Freshness(OptionalLong.empty());

    @Test
    void neverCompleteUntilEveryPartitionReachedItsEnd() {
        freshness.ends(1000, Map.of(A, 5L, B, 2L));

        assertThat(freshness.progressed(Map.of(A, 5L, B, 1L))).isFalse();
        assertThat(freshness.completeAsOf()).isEmpty();
    }

    @Test
    void completeAsOfTheMomentOfTheQuestionNotOfReachingTheEnd() {
        freshness.ends(1000, Map.of(A, 5L));

        assertThat(freshness.progressed(Map.of(A, 7L))).isTrue();
        assertThat(freshness.completeAsOf()).hasValue(1000);
    }

    @Test
    void targetStaysWhileItIsWorkedOffSoThatABusyTopicIsReachedOnce() {
        freshness.ends(1000, Map.of(A, 5L));
        freshness.ends(2000, Map.of(A, 500L));

        assertThat(freshness.progressed(Map.of(A, 5L))).isTrue();
        assertThat(freshness.completeAsOf()).hasValue(1000);
    }

    @Test
    void answerOfALostConnectionIsDropped() {
        freshness.ends(1000, Map.of(A, 5L));
        freshness.abandon();

        assertThat(freshness.progressed(Map.of(A, 5L))).isFalse();
    }

    @Test
    void completenessOfAnEarlierRunIsKept() {
        assertThat(new Freshness(OptionalLong.of(77)).completeAsOf()).hasValue(77);
    }

    @Test
    void partitionWithoutAPositionIsNotReached() {
        freshness.ends(1000, Map.of(A, 0L));

        assertThat(freshness.progressed(Map.of())).isFalse();
        assertThat(freshness.progressed(Map.of(A, 0L))).isTrue();
    }
}
