package io.tftpdc.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private static final long NOW = 1_000_000;

    private final AtomicInteger commits = new AtomicInteger();
    private long nanos;
    private final Arrivals arrivals = new Arrivals(() -> nanos);
    private final CommitPace pace = new CommitPace(arrivals, commits::incrementAndGet);

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

    @Test
    void theLastOfSeveralIsCommittedWhenNoMoreCome() {
        fewInARow();
        assertThat(commits).hasValue(1);

        look(CommitPace.QUIET_LOOKS);
        assertThat(commits).as("the first look sees that records came").hasValue(1);
        look(1);
        assertThat(commits).hasValue(2);
        look(100);
        assertThat(commits).as("once").hasValue(2);
    }

    @Test
    void whileRecordsComeNothingIsCommittedHoweverRareTheLooks() {
        for (int i = 0; i < 1000; i++) {
            pace.taken(NOW, NOW + 20 + i);
            look(CommitPace.QUIET_LOOKS);
        }
        assertThat(commits).hasValue(0);
    }

    @Test
    void recordsOfTheThreadsOtherPartitionsAreWaitedForToo() {
        CommitPace other = new CommitPace(arrivals, () -> {});
        fewInARow();
        for (int i = 0; i < 100; i++) {
            other.taken(NOW, NOW + 500);
            look(CommitPace.QUIET_LOOKS);
        }
        assertThat(commits).hasValue(1);
    }

    @Test
    void nobodyWaitsForPartsAlone() {
        pace.takenForLater();
        look(100);

        assertThat(commits).hasValue(0);
    }

    private void fewInARow() {
        for (int i = 0; i < 20; i++) {
            pace.taken(NOW, NOW + i * 10);
        }
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            pace.look();
        }
    }

    @Test
    void aThreadWaitsBrieflyForAQuarterOfASecondAfterARecordOfItsOwn() throws Exception {
        assertThat(arrivals.lately()).isFalse();
        arrivals.note();
        assertThat(arrivals.lately()).isTrue();
        assertThat(CompletableFuture.supplyAsync(arrivals::lately).get()).isFalse();
        nanos += 249_000_000;
        assertThat(arrivals.lately()).isTrue();
        nanos += 1_000_000;
        assertThat(arrivals.lately()).isFalse();
    }
}
