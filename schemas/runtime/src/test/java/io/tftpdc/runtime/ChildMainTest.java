package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildMainTest {

    /** Works in a thread of its own once its main method has returned, as servers do. */
    public static final class Server {
        private Server() {}

        public static void main(String[] arguments) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped " + arguments[0])));
            Thread.ofPlatform().start(() -> {
                try {
                    Thread.sleep(TimeUnit.DAYS.toMillis(1));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    /** Cannot start. */
    public static final class Broken {
        private Broken() {}

        public static void main(String[] arguments) {
            throw new IllegalStateException("no such file");
        }
    }

    @Test
    void saysReadyAndEndsInAnOrderlyWayWithItsInput() throws Exception {
        Process child = start(Server.class, "well");
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("ready");
            assertThat(child.isAlive()).isTrue();

            child.getOutputStream().close();

            assertThat(out.readLine()).isEqualTo("stopped well");
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).isZero();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void whatStopsTheMainClassIsSaidAndEndsTheProcess() throws Exception {
        Process child = start(Broken.class, "");
        try {
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).isNotZero();
            assertThat(new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("no such file");
            assertThat(child.getInputStream().readAllBytes()).isEmpty();
        } finally {
            child.destroyForcibly();
        }
    }

    private static Process start(Class<?> main, String argument) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildMain.class.getName(),
                        main.getName(),
                        argument)
                .start();
    }
}
