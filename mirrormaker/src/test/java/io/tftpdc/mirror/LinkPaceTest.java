package io.tftpdc.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LinkPaceTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(5 * SECOND);
    private final LinkPace.Account account = new LinkPace.Account(1_000_000, now::get);

    @Test
    void whatIsSpentTakesAsLongAsTheRateSays() {
        assertThat(account.spend(500_000) - now.get()).isEqualTo(SECOND / 2);
    }

    @Test
    void allConsumersOfALinkPayIntoOneAccount() {
        account.spend(1_000_000);

        assertThat(account.spend(1_000_000) - now.get()).isEqualTo(2 * SECOND);
    }

    @Test
    void aLinkThatWasIdleSavesNothingUp() {
        account.spend(1_000_000);
        now.addAndGet(3600 * SECOND);

        assertThat(account.spend(2_000_000) - now.get()).isEqualTo(2 * SECOND);
    }
}
