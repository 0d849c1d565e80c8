package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.packet.BlockRollover;
import java.time.Duration;
import java.util.List;
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
        assertThat(delayMillis(0))
                .as("twice as long is not out of the ordinary")
                .isEqualTo(80);
        assertThat(timer.smoothedRoundTripNanos()).isEqualTo(40 * MILLI);
    }

    @Test
    void earlyFiringsInVainDoubleAndThenTheRetriesOfThePolicyRun() {
        answered(1, MILLI);
        timer.sent(2, now);
        for (long expected : new long[] {10, 20, 40, 80, 160}) {
            assertThat(delayMillis(0)).isEqualTo(expected);
            assertThat(timer.firedEarly()).isTrue();
        }
        assertThat(delayMillis(0)).isEqualTo(1000);
        assertThat(timer.firedEarly()).isFalse();
        assertThat(delayMillis(1)).isEqualTo(2000);
        assertThat(timer.firedEarly()).isFalse();
    }

    @Test
    void earlyDelaysEndWhereTheFirstDelayOfThePolicyBegins() {
        RetransmitTimer impatient = new RetransmitTimer(
                new RetransmitPolicy(Duration.ofMillis(30), Duration.ofSeconds(1), 8, Duration.ofMillis(10)));
        impatient.sent(1, 0);
        impatient.acknowledged(1, MILLI);
        assertThat(impatient.delayNanos(0)).isEqualTo(10 * MILLI);
        assertThat(impatient.firedEarly()).isTrue();
        assertThat(impatient.delayNanos(0)).isEqualTo(20 * MILLI);
        assertThat(impatient.firedEarly()).isTrue();
        assertThat(impatient.delayNanos(0)).isEqualTo(30 * MILLI);
        assertThat(impatient.firedEarly()).isFalse();
    }

    /** A probe costs next to nothing, so it may be early; what follows it in vain is not. */
    @Test
    void inAReadWithWindowsProbesComeSoonerAndInBetween() {
        RetransmitTimer probing = RetransmitTimer.forRead(
                new TransferTerms(512, 16, RetransmitPolicy.DEFAULT, BlockRollover.TO_ZERO, List.of()));
        probing.sent(16, 0);
        probing.acknowledged(16, MILLI);
        for (long expectedMicros : new long[] {3_000, 3_000, 10_000, 10_000, 20_000}) {
            assertThat(probing.delayNanos(0)).isEqualTo(expectedMicros * 1_000);
            assertThat(probing.firedEarly()).isTrue();
        }
        assertThat(probing.delayNanos(0)).isEqualTo(1_000 * MILLI);
        assertThat(probing.firedEarly()).isFalse();
    }

    @Test
    void inAnUploadTheRoundTripIsFromOneAckToTheNext() {
        RetransmitTimer upload = RetransmitTimer.forWrite(TransferTerms.plain(RetransmitPolicy.DEFAULT));
        upload.replied(0, 0);
        assertThat(upload.delayNanos(0)).isEqualTo(1_000 * MILLI);
        upload.replied(16, 5 * MILLI);
        assertThat(upload.smoothedRoundTripNanos()).isEqualTo(5 * MILLI);
        upload.replied(16, 40 * MILLI);
        upload.replied(32, 50 * MILLI);
        assertThat(upload.smoothedRoundTripNanos()).as("16 was answered twice").isEqualTo(5 * MILLI);
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
    void anAckOfAGapGivesASampleOnlyWhereThereIsNoBetterOne() {
        timer.sent(16, now);
        timer.acknowledged(3, now + MILLI);
        assertThat(timer.smoothedRoundTripNanos()).isEqualTo(MILLI);
        timer.acknowledged(4, now + 50 * MILLI);
        assertThat(timer.smoothedRoundTripNanos()).isEqualTo(MILLI);
        timer.sent(20, now + 60 * MILLI);
        timer.acknowledged(20, now + 69 * MILLI);
        assertThat(timer.smoothedRoundTripNanos())
                .as("20 was sent once, whatever was sent with it")
                .isEqualTo(2 * MILLI);
    }

    @Test
    void beforeThereIsASampleARepeatGivesNone() {
        timer.sent(0, now);
        timer.sent(0, now + 1_000 * MILLI);
        timer.acknowledged(0, now + 1_001 * MILLI);
        assertThat(timer.smoothedRoundTripNanos()).isEqualTo(-1);
    }

    @Test
    void whereTheClientAskedForAnIntervalNothingIsEarly() {
        TransferTerms terms = new TransferTerms(
                512, 16, RetransmitPolicy.DEFAULT.every(Duration.ofSeconds(3)), BlockRollover.TO_ZERO, List.of());
        for (RetransmitTimer asked : List.of(RetransmitTimer.forRead(terms), RetransmitTimer.forWrite(terms))) {
            asked.sent(1, 0);
            asked.acknowledged(1, MILLI);
            assertThat(asked.delayNanos(0)).isEqualTo(3000 * MILLI);
            assertThat(asked.firedEarly()).isFalse();
        }
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
