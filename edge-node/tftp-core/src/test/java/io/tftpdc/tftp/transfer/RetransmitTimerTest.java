package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetransmitTimerTest {

    private static final long MILLI = 1_000_000;

    private final RetransmitTimer timer = new RetransmitTimer(RetransmitPolicy.DEFAULT);
    private long now;

    @Test
    void beforeTheFirstSampleThePolicyDecides() {
        timer.sent(0, now);
        assertThat(delayMillis(0)).isEqualTo(1000);
        assertThat(timer.firedEarly()).isFalse();
        assertThat(delayMillis(3)).isEqualTo(8000);
        assertThat(timer.smoothedRoundTripNanos()).isEqualTo(-1);
    }

    @Test
    void aClientThatAnswersFastIsAskedAgainEarly() {
        answered(1, 200_000);
        assertThat(delayMillis(0)).as("the shortest of the policy").isEqualTo(10);
        assertThat(timer.firedEarly()).isTrue();
    }

    /** RFC 6298 section 2: after one round trip R the timeout is R + 4 R / 2. */
    @Test
    void theTimeoutFollowsTheRoundTripAndItsVariation() {
        answered(1, 40 * MILLI);
        assertThat(delayMillis(0)).isEqualTo(40 + 4 * 20);
        for (int block = 2; block < 60; block++) {
            answered(block, 40 * MILLI);
        }
        assertThat(delayMillis(0)).isBetween(40L, 45L);
        assertThat(timer.smoothedRoundTripNanos()).isEqualTo(40 * MILLI);
    }

    @Test
    void eachFiringInVainDoublesUntilTheFirstDelayOfThePolicyAndThenTheRetriesRun() {
        answered(1, MILLI);
        timer.sent(2, now);
        long early = 0;
        for (long expected = 10; expected < 1000; expected *= 2) {
            assertThat(delayMillis(0)).isEqualTo(expected);
            assertThat(timer.firedEarly()).isTrue();
            early += expected;
        }
        assertThat(early).isEqualTo(10 + 20 + 40 + 80 + 160 + 320 + 640);
        assertThat(delayMillis(0)).isEqualTo(1000);
        assertThat(timer.firedEarly()).isFalse();
        assertThat(delayMillis(1)).isEqualTo(2000);
        assertThat(timer.firedEarly()).isFalse();
    }

    @Test
    void progressEndsTheDoubling() {
        answered(1, MILLI);
        timer.sent(2, now);
        timer.delayNanos(0);
        timer.firedEarly();
        assertThat(delayMillis(0)).isEqualTo(20);
        timer.acknowledged(1, now);
        assertThat(delayMillis(0)).as("the same block again is no progress").isEqualTo(20);
        timer.acknowledged(2, now);
        assertThat(delayMillis(0)).isEqualTo(10);
    }

    /** Karn: the answer could be to either sending. */
    @Test
    void aBlockSentTwiceGivesNoSample() {
        answered(1, 40 * MILLI);
        timer.sent(2, now);
        timer.sent(2, now + 120 * MILLI);
        timer.acknowledged(2, now + 170 * MILLI);
        assertThat(timer.smoothedRoundTripNanos()).isEqualTo(40 * MILLI);
    }

    @Test
    void anAnswerSoonerThanAnyBeforeIsToTheFirstSendingAndTeachesThatTheRepeatWasTooEarly() {
        answered(1, 4 * MILLI);
        timer.sent(2, now);
        timer.sent(2, now + 12 * MILLI);
        timer.acknowledged(2, now + 15 * MILLI);
        assertThat(timer.smoothedRoundTripNanos()).isGreaterThan(5 * MILLI);
        assertThat(delayMillis(0)).isGreaterThan(20);
    }

    @Test
    void anAckOfAGapGivesNoSample() {
        timer.sent(16, now);
        timer.acknowledged(3, now + MILLI);
        assertThat(timer.smoothedRoundTripNanos()).isEqualTo(-1);
        timer.sent(19, now + 2 * MILLI);
        timer.acknowledged(19, now + 5 * MILLI);
        assertThat(timer.smoothedRoundTripNanos()).as("19 was sent once").isEqualTo(3 * MILLI);
    }

    @Test
    void whereTheClientAskedForAnIntervalNothingIsEarly() {
        RetransmitTimer asked = new RetransmitTimer(RetransmitPolicy.DEFAULT.every(Duration.ofSeconds(3)));
        asked.sent(1, 0);
        asked.acknowledged(1, MILLI);
        assertThat(asked.delayNanos(0)).isEqualTo(3000 * MILLI);
        assertThat(asked.firedEarly()).isFalse();
    }

    @Test
    void aClientSlowerThanTheFirstDelayIsNeverAskedEarly() {
        answered(1, 900 * MILLI);
        assertThat(delayMillis(0)).isEqualTo(1000);
        assertThat(timer.firedEarly()).isFalse();
    }

    private void answered(long block, long roundTrip) {
        timer.sent(block, now);
        now += roundTrip;
        timer.acknowledged(block, now);
    }

    private long delayMillis(int retries) {
        return timer.delayNanos(retries) / MILLI;
    }
}
