package io.tftpdc.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private static final long NOW = 1_000_000;

    private final AtomicInteger commits = new AtomicInteger();
    private final CommitPace pace = new CommitPace(commits::incrementAndGet);

    @Test
    void everyRecordThatComesAloneIsCommittedAtOnce() {
        for (int i = 0; i < 5; i++) {
            pace.taken(NOW + i * CommitPace.LONE_MILLIS, NOW + i * CommitPace.LONE_MILLIS + 3);
        }
        assertThat(commits).hasValue(5);
    }

    @Test
    void recordsThatHadToWaitShareTheIntervalsCommitHoweverLongCommitsTake() {
        long now = NOW;
        for (int i = 0; i < 1000; i++) {
            pace.taken(NOW, now);
            // The first one's commit takes 50 ms.
            now += i == 0 ? 50 : 1;
        }
        assertThat(commits).hasValue(1);
    }

    @Test
    void recordsThatComeFastAreNotEachATransaction() {
        for (int i = 0; i < 200; i++) {
            pace.taken(NOW + i, NOW + i);
        }
        assertThat(commits.get()).isEqualTo((int) (200 / CommitPace.LONE_MILLIS));
    }
}
