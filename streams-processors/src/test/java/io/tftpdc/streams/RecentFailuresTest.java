package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentFailuresTest {
    @Test
    void itIsCalmOnlyThirtySecondsAfterTheLastFailure() {
        AtomicLong now = new AtomicLong();
        RecentFailures failures = new RecentFailures(now::get);
        assertThat(failures.isCalm()).isTrue();

        failures.add();
        now.addAndGet(29_000_000_000L);
        assertThat(failures.isCalm()).isFalse();
        assertThat(failures.add()).isEqualTo(2);
        now.addAndGet(29_000_000_000L);
        assertThat(failures.isCalm()).isFalse();
        now.addAndGet(1_000_000_000L);
        assertThat(failures.isCalm()).isTrue();
    }
}
