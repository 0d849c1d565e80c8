package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.property.Seeds;
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
}
