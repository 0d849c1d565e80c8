package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdvanceTest {

    private final Advance advance = new Advance();

    @Test
    void lowerNumbersAreAnAdvanceAndTheSameOrHigherOnesAreNone() {
        assertThat(advance.in("streams: 500 records are still to be read")).isTrue();
        assertThat(advance.in("streams: 500 records are still to be read")).isFalse();
        assertThat(advance.in("streams: 499 records are still to be read")).isTrue();
        assertThat(advance.in("streams: 502 records are still to be read")).isFalse();
    }

    @Test
    void somethingElseIsAnAdvanceUnlessItWasSaidBefore() {
        assertThat(advance.in("a transaction is open, last wrote 3 s ago")).isTrue();
        assertThat(advance.in("2 records are still to be read")).isTrue();
        assertThat(advance.in("a transaction is open, last wrote 4 s ago")).isFalse();
        assertThat(advance.in("2 records are still to be read")).isFalse();
    }
}
