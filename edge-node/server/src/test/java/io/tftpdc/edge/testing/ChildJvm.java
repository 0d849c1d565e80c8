package io.tftpdc.edge.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A program of ours in a JVM of its own, which a test may kill and start again. What it says goes to a log file. */
public final class ChildJvm implements AutoCloseable {
    private static final long READY_SECONDS = 60;
    private static final long END_SECONDS = 20;

    private final Class<?> program;
    private final List<String> arguments;
    private final Path log;
    private @Nullable Process process;

    public ChildJvm(Class<?> program, Path log, String... arguments) {
        this.program = program;
        this.arguments = List.of(arguments);
        this.log = log;
    }

    /** Starts it and returns what follows the word {@code ready} in its output. */
    public String start() throws IOException, InterruptedException, TimeoutException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")),
                program.getName()));
        command.addAll(arguments);
        Process started = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(new File(log.toString())))
                .start();
        process = started;
        BufferedReader output =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        Thread watchdog = Thread.ofPlatform().daemon().start(() -> {
            try {
                TimeUnit.SECONDS.sleep(READY_SECONDS);
                started.destroyForcibly();
            } catch (InterruptedException ready) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            Optional<String> ready =
                    output.lines().filter(line -> line.startsWith("ready")).findFirst();
            return ready.orElseThrow(() -> new TimeoutException(program.getSimpleName() + " is not ready; see " + log))
                    .substring("ready".length())
                    .strip();
        } finally {
            watchdog.interrupt();
            Thread.ofPlatform().daemon().start(() -> output.lines().forEach(line -> {}));
        }
    }

    /** As {@code kill -9} does. */
    public void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
