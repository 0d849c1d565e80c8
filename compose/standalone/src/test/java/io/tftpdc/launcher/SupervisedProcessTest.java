package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.launcher.SupervisedProcess.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SupervisedProcessTest {

    @Test
    void whatCannotBeStartedAgainAtOnceIsTriedUntilItCan() throws Exception {
        Flaky program = new Flaky(2);
        SupervisedProcess process = new SupervisedProcess(program);
        try {
            process.start();

            process.handle().destroyForcibly();

            assertThat(program.runsAgain.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.isReady()).isTrue();
            assertThat(process.restarts()).isEqualTo(1);
            assertThat(program.starts).hasValue(4);
        } finally {
            process.close();
        }
        assertThat(process.handle().isAlive()).isFalse();
    }

    /** A shell that lives as long as its input; after its first start, so many others cannot be made. */
    private static final class Flaky implements SupervisedProcess.Program {
        private final AtomicInteger starts = new AtomicInteger();
        private final CountDownLatch runsAgain = new CountDownLatch(1);
        private final int failures;

        Flaky(int failures) {
            this.failures = failures;
        }

        @Override
        public String name() {
            return "shell";
        }

        @Override
        public List<String> command(Optional<String> formerly) throws IOException {
            int start = starts.getAndIncrement();
            if (start > 0 && start <= failures) {
                throw new IOException("No space left on device");
            }
            return List.of("sh", "-c", "echo ready; read -r line");
        }

        @Override
        public Signal hear(String line) {
            return line.equals("ready") ? new Signal.Ready("") : new Signal.Other();
        }

        @Override
        public void note(String line) {}

        @Override
        public String more() {
            return "nothing";
        }

        @Override
        public Duration readyWithin() {
            return Duration.ofSeconds(10);
        }

        @Override
        public Duration endedWithin() {
            return Duration.ofSeconds(5);
        }

        @Override
        public void restarting(String what) {
            if (what.equals("runs again")) {
                runsAgain.countDown();
            }
        }
    }
}
