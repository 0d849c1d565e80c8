package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    @Test
    void aLineThatIsNotUnderstoodKeepsNoOtherFromBeingHeard() throws Exception {
        Shell program = new Shell("echo 'port-taken many'; echo ready; read -r line") {
            @Override
            public Signal hear(String line) {
                if (line.startsWith("port-taken")) {
                    throw new NumberFormatException(line);
                }
                return super.hear(line);
            }
        };
        try (SupervisedProcess process = new SupervisedProcess(program)) {
            process.start();

            assertThat(process.isReady()).isTrue();
        }
    }

    @Test
    void aStartMayTakeAnyTimeAsLongAsItSaysHowItGetsOnAndNoLongerThanItIsSilent() throws Exception {
        Shell speaks = new Shell(
                "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i; sleep 0.5; done; echo ready; read -r line",
                Duration.ofSeconds(5));
        Shell falls = new Shell("echo 1; read -r line", Duration.ofSeconds(1));
        try (SupervisedProcess speaking = new SupervisedProcess(speaks);
                SupervisedProcess silent = new SupervisedProcess(falls)) {
            speaking.start();

            assertThat(speaking.isReady()).isTrue();
            assertThatThrownBy(silent::start)
                    .isInstanceOf(LaunchException.class)
                    .hasMessage("The shell is not ready and has said nothing for 1 s; see nothing");
        }
    }

    /** After its first start, so many others cannot be made. */
    private static final class Flaky extends Shell {
        private final AtomicInteger starts = new AtomicInteger();
        private final CountDownLatch runsAgain = new CountDownLatch(1);
        private final int failures;

        Flaky(int failures) {
            super("echo ready; read -r line");
            this.failures = failures;
        }

        @Override
        public List<String> command(Optional<String> formerly) throws IOException {
            int start = starts.getAndIncrement();
            if (start > 0 && start <= failures) {
                throw new IOException("No space left on device");
            }
            return super.command(formerly);
        }

        @Override
        public void restarting(String what) {
            if (what.equals("runs again")) {
                runsAgain.countDown();
            }
        }
    }

    /** A shell that lives as long as its input. */
    private static class Shell implements SupervisedProcess.Program {
        private final String script;
        private final Duration readyWithin;

        Shell(String script) {
            this(script, Duration.ofSeconds(20));
        }

        Shell(String script, Duration readyWithin) {
            this.script = script;
            this.readyWithin = readyWithin;
        }

        @Override
        public String name() {
            return "shell";
        }

        @Override
        public List<String> command(Optional<String> formerly) throws IOException {
            return List.of("sh", "-c", script);
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
            return readyWithin;
        }

        @Override
        public Duration endedWithin() {
            return Duration.ofSeconds(5);
        }
    }
}
