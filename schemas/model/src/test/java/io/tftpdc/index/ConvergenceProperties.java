package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.property.Seeds;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Whatever happens between sites, when it is over they hold the same index and the same digests. */
class ConvergenceProperties {

    @Test
    void allSitesComeToTheSameIndexAndDigests() {
        AtomicLong applied = new AtomicLong();
        Seeds.check(250, random -> {
            ManySites sites = new ManySites(random);
            sites.run(3_000);
            sites.settle();
            sites.requireAgreement();
            applied.addAndGet(sites.eventsApplied());
        });

        assertThat(applied.get())
                .as("events applied, or the simulation does next to nothing")
                .isGreaterThan(100_000);
    }

    @Test
    void sitesAgreeAgainAndAgainBetweenOneTroubleAndTheNext() {
        Seeds.check(20, random -> {
            ManySites sites = new ManySites(random);
            for (int round = 0; round < 10; round++) {
                sites.run(1_000);
                sites.settle();
                sites.requireAgreement();
            }
        });
    }

    @Test
    void whatIsLostForGoodIsRepairedUntilAllSitesAgree() {
        AtomicLong applied = new AtomicLong();
        AtomicLong conflicts = new AtomicLong();
        Seeds.check(150, random -> {
            ManySites sites = Histories.survive(random.nextLong(), 1_500);
            applied.addAndGet(sites.eventsApplied());
            conflicts.addAndGet(sites.conflictsMade());
        });

        assertThat(applied.get()).as("events applied").isGreaterThan(100_000);
        assertThat(conflicts.get()).as("conflicts made and listed").isGreaterThan(500);
    }

    @Test
    void aFailingHistoryIsCutDownToTheStepsThatMatter() {
        long[] history = new long[500];
        Arrays.setAll(history, i -> i);

        long[] shrunk = Histories.shrink(history, steps -> {
            boolean seven = Arrays.stream(steps).anyMatch(step -> step == 7);
            boolean other = Arrays.stream(steps).anyMatch(step -> step == 411);
            return seven && other;
        });

        assertThat(shrunk).containsExactly(7, 411);
    }
}
