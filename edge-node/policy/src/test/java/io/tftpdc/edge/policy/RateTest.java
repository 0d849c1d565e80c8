package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aBurstThenTheRate() {
        Rate rate = Rate.of(10, Duration.ofSeconds(2));
        long now = Long.MAX_VALUE - 3 * SECOND; // a clock that is about to wrap
        long full = now;
        int taken = 0;
        while (rate.allows(full, now)) {
            full = rate.taken(full, now);
            taken++;
        }
        assertThat(taken).isEqualTo(20);
        assertThat(rate.allows(full, now + SECOND / 10)).isTrue();
        assertThat(rate.allows(full, now + SECOND / 10 - 1)).isFalse();
        assertThat(rate.allows(full, now + 10 * SECOND)).isTrue();
    }

    @Test
    void withoutABurstThereIsStillOneToken() {
        Rate rate = Rate.of(1, Duration.ZERO);
        assertThat(rate.allows(0, 0)).isTrue();
        long full = rate.taken(0, 0);
        assertThat(rate.allows(full, SECOND - 1)).isFalse();
        assertThat(rate.allows(full, SECOND)).isTrue();
    }

    /** In no stretch of time is more granted than the burst and the rate make, and a token is never kept back. */
    @Test
    void neverMoreThanBurstAndRateNeverLess() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int perSecond = 1 + random.nextInt(500);
            int burstSeconds = 1 + random.nextInt(5);
            Rate rate = Rate.of(perSecond, Duration.ofSeconds(burstSeconds));
            double bucket = (double) perSecond * burstSeconds;
            double tokens = bucket; // of a bucket as one would draw it
            long now = random.nextLong();
            long full = now;
            List<Long> granted = new ArrayList<>();
            long start = now;
            for (int i = 0; i < 500; i++) {
                long pause = random.nextInt(5) == 0
                        ? random.nextLong(3 * SECOND)
                        : random.nextLong(2 * SECOND / perSecond + 1);
                now += pause;
                tokens = Math.min(bucket, tokens + (double) pause * perSecond / SECOND);
                if (rate.allows(full, now)) {
                    full = rate.taken(full, now);
                    granted.add(now - start);
                    assertThat(tokens).as("seed %d", seed).isGreaterThan(1 - 0.01);
                    tokens -= 1;
                } else {
                    assertThat(tokens).as("seed %d", seed).isLessThan(1 + 0.01);
                }
            }
            for (int i = 0; i < granted.size(); i += 17) {
                for (int j = i; j < granted.size(); j += 13) {
                    double most = bucket + (double) (granted.get(j) - granted.get(i)) * perSecond / SECOND + 1;
                    assertThat((double) (j - i + 1)).as("seed %d", seed).isLessThanOrEqualTo(most);
                }
            }
        }
    }
}
