package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartDelayTest {

    @Test
    void aChildThatKeepsDyingIsStartedLessAndLessOften() {
        RestartDelay delay = new RestartDelay();

        assertThat(IntStream.range(0, 8)
                        .mapToLong(i -> delay.next(Duration.ofSeconds(1)).toMillis()))
                .containsExactly(200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L);
    }

    @Test
    void aChildThatLivedForAWhileIsStartedAgainAtOnce() {
        RestartDelay delay = new RestartDelay();
        delay.next(Duration.ofSeconds(1));
        delay.next(Duration.ofSeconds(1));

        assertThat(delay.next(Duration.ofMinutes(2))).isEqualTo(Duration.ofMillis(200));
        assertThat(delay.next(Duration.ofSeconds(1))).isEqualTo(Duration.ofMillis(400));
    }
}
