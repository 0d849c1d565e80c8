package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetransmitPolicyTest {

    @Test
    void delaysDoubleUpToTheLongest() {
        RetransmitPolicy policy = new RetransmitPolicy(Duration.ofMillis(300), Duration.ofSeconds(2), 5);
        assertThat(IntStream.rangeClosed(0, 4).mapToObj(policy::delay).map(Duration::toMillis))
                .containsExactly(300L, 600L, 1200L, 2000L, 2000L);
        assertThat(policy.delay(255)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void theDefaultBearsASilenceOf55Seconds() {
        RetransmitPolicy policy = RetransmitPolicy.DEFAULT;
        Duration silence = IntStream.rangeClosed(0, policy.mostRetries())
                .mapToObj(policy::delay)
                .reduce(Duration.ZERO, Duration::plus);
        assertThat(silence).isEqualTo(Duration.ofSeconds(1 + 2 + 4 + 6 * 8));
    }

    @Test
    void impossibleDelaysAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetransmitPolicy(Duration.ZERO, Duration.ofSeconds(1), 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetransmitPolicy(Duration.ofSeconds(2), Duration.ofSeconds(1), 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetransmitPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1), 256));
    }
}
