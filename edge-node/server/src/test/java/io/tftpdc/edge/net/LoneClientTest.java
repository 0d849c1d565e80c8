package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.transfer.Input;
import io.tftpdc.tftp.transfer.TransferId;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoneClientTest {

    private static final long LONG_AGO = LoneClient.SILENCE_NANOS + 1;

    private final LoneClient lone = new LoneClient();
    private final Session one = new NoSession();
    private final Session other = new NoSession();

    @Test
    void theOnlySessionIsAloneAtOnce() {
        lone.heard(one, 0);

        assertThat(lone.isAlone(1, 0)).isTrue();
        assertThat(lone.isAlone(2, 0)).isFalse();
    }

    @Test
    void silentSessionsDoNotCount() {
        lone.heard(other, 0);
        lone.heard(one, 1);
        lone.heard(one, LONG_AGO);

        assertThat(lone.isAlone(2, LONG_AGO)).isFalse();
        assertThat(lone.isAlone(2, 1 + LONG_AGO)).isTrue();
    }

    @Test
    void anybodyElsesPacketEndsIt() {
        lone.heard(one, 0);
        assertThat(lone.isAlone(2, LONG_AGO)).isTrue();

        lone.heard(other, LONG_AGO);
        lone.heard(one, LONG_AGO);
        assertThat(lone.isAlone(2, LONG_AGO)).isFalse();

        lone.heard(null, 3 * LONG_AGO);
        assertThat(lone.isAlone(2, 5 * LONG_AGO)).as("a request was heard last").isFalse();
    }

    @Test
    void nobodyIsAloneWhenItsTransferIsOver() {
        lone.heard(one, 0);
        lone.gone(other);
        assertThat(lone.isAlone(1, 0)).isTrue();

        lone.gone(one);
        assertThat(lone.isAlone(1, LONG_AGO)).isFalse();
    }

    @Test
    void theMoreOftenItIsLateTheLongerItIsNotWaitedFor() {
        assertThat(turnsUntilWaitedFor()).isZero();
        int[] pauses = IntStream.range(0, 8)
                .map(i -> {
                    lone.late();
                    return turnsUntilWaitedFor();
                })
                .toArray();
        assertThat(pauses).containsExactly(8, 16, 32, 64, 128, 256, 256, 256);

        lone.punctual();
        lone.late();
        assertThat(turnsUntilWaitedFor()).isEqualTo(8);
    }

    private int turnsUntilWaitedFor() {
        int turns = 0;
        while (!lone.mayBeWaitedFor()) {
            turns++;
        }
        return turns;
    }

    private static final class NoSession implements Session {
        @Override
        public TransferId id() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Request request() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean supersededBy(Request again) {
            return false;
        }

        @Override
        public void on(Input input) {}
    }
}
