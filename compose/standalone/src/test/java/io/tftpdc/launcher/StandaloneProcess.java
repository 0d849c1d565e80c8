package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.launcher.StandaloneOptions.Ports;
import io.tftpdc.runtime.ClassDataArchive;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The assembled distribution as {@code compose/up} runs it: a real process with a real broker below it. */
final class StandaloneProcess implements AutoCloseable {

    private static final Distribution DISTRIBUTION =
            new Distribution(Path.of("target", "tftpdc").toAbsolutePath());
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    private final Process process;
    private final List<String> output = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch readyOrEnded = new CountDownLatch(1);

    private StandaloneProcess(Process process) {
        this.process = process;
        Thread.ofPlatform().daemon().name("standalone-output").start(this::read);
    }

    static StandaloneProcess start(Path dataDirectory, Ports ports) throws IOException {
        return run(
                dataDirectory,
                List.of(
                        "--tftp-port",
                        "" + ports.tftp(),
                        "--edge-http-port",
                        "" + ports.edgeHttp(),
                        "--http-port",
                        "" + ports.http(),
                        "--kafka-port",
                        "" + ports.kafka(),
                        "--registry-port",
                        "" + ports.registry(),
                        "--streams-port",
                        "" + ports.streams()),
                Map.of());
    }

    static StandaloneProcess startSites(Path dataDirectory, int sites, int portOffset) throws IOException {
        return startSites(dataDirectory, sites, portOffset, Map.of());
    }

    /** @param environment of all of it, in addition; see SiteProcess */
    static StandaloneProcess startSites(Path dataDirectory, int sites, int portOffset, Map<String, String> environment)
            throws IOException {
        return run(
                dataDirectory,
                List.of("--sites", "" + sites, "--port-offset", "" + portOffset, "--uploads", "incoming/**"),
                environment);
    }

    private static StandaloneProcess run(Path dataDirectory, List<String> options, Map<String, String> environment)
            throws IOException {
        Path lib = DISTRIBUTION.home().resolve("lib").resolve("app");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx768m");
        command.addAll(JvmFlags.quiet(Runtime.version().feature()));
        command.addAll(ClassDataArchive.flags(DISTRIBUTION.archive("standalone"), lib));
        command.add("-D" + Distribution.HOME_PROPERTY + "=" + DISTRIBUTION.home());
        command.addAll(List.of("-cp", lib + "/*", "io.tftpdc.cli.TftpdcCommand", "standalone"));
        command.addAll(List.of("--data-dir", dataDirectory.toString(), "--listen", "127.0.0.1"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new StandaloneProcess(builder.start());
    }

    /** Ports that were free a moment ago, and that the system gives to nobody. */
    static Ports freePorts() {
        return SitesOptionsTest.free(2, System.nanoTime()).sites().getFirst().ports();
    }

    StandaloneProcess awaitReady() throws InterruptedException {
        assertThat(readyOrEnded.await(READY_WITHIN.toSeconds(), TimeUnit.SECONDS))
                .as("ready in time: %s", output)
                .isTrue();
        assertThat(output).as("output of the standalone").contains("ready");
        return this;
    }

    /** The broker below it. */
    ProcessHandle broker() {
        return process.children().findFirst().orElseThrow();
    }

    long pid() {
        return process.pid();
    }

    /** The process and all below it, as they are now. */
    List<ProcessHandle> tree() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** What a person saw, both streams. */
    List<String> output() {
        return List.copyOf(output);
    }

    /** Ends both processes as a power cut would, the application first or last. */
    void kill() throws InterruptedException {
        List<ProcessHandle> tree = process.descendants().toList();
        process.destroyForcibly();
        tree.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
    }

    /** Ends the application only; its broker has to notice by itself. */
    void killApplicationOnly() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** As Ctrl-C does; returns how it ended. */
    int stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("ends when told to: %s", output)
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            kill();
        }
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.add(line);
                if (line.equals("ready")) {
                    readyOrEnded.countDown();
                }
            }
        } catch (IOException e) {
            output.add("(the output broke: " + e + ")");
        }
        readyOrEnded.countDown();
    }
}
