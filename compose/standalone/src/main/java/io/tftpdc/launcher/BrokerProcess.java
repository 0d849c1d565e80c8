package io.tftpdc.launcher;

import io.tftpdc.runtime.ClassDataArchive;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka as a child process with a class path of its own, started again whenever it dies.
 *
 * <p>In a process of its own because Kafka answers a full disk or a broken log by halting its JVM. The child ends when
 * its standard input closes, so it never outlives us, whatever ends us. {@link #start()} and {@link #close()} are for
 * the launcher; everything else may be called by any thread.
 */
public final class BrokerProcess implements Component {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerProcess.class);

    static final String MAIN_CLASS = "io.tftpdc.broker.BrokerMain";

    /** Longer than the child's own patience with a former broker on the directory, plus the recovery of its log. */
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);

    private static final Duration ENDED_WITHIN = Duration.ofSeconds(20);

    private final Settings settings;
    private final AtomicInteger restarts = new AtomicInteger();
    private final RestartDelay delay = new RestartDelay();
    private final Object lifecycle = new Object();
    private boolean closing;
    private @Nullable Child child;
    private @Nullable Thread supervisor;

    /**
     * What is run.
     *
     * @param javaHome the JDK or JRE that runs it
     * @param libraries the directory that its jars are in
     * @param classPath its jars, in this order
     * @param port for clients; 0 takes a free one at the first start and keeps it
     * @param advertisedHost what clients are told to connect to
     * @param internalPort on loopback, for this process; 0 for none
     * @param logFile what Kafka logs; older pieces lie beside it
     * @param archive its class data archive; absent at first, written when it ends
     */
    record Settings(
            Path javaHome,
            Path libraries,
            List<Path> classPath,
            Path dataDirectory,
            String host,
            int port,
            String advertisedHost,
            int internalPort,
            Path logFile,
            Path archive) {

        /** Most of what a broker needs is page cache, not heap; records of 64 MiB have to fit, though. */
        private static final String HEAP = "-Xmx384m";

        List<String> command(int portNow) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(javaHome.resolve("bin").resolve("java").toString());
            command.add(HEAP);
            command.add("-XX:+UseSerialGC");
            command.add("-XX:TieredStopAtLevel=1");
            command.add("-XX:+ExitOnOutOfMemoryError");
            command.addAll(JvmFlags.quiet(Runtime.version().feature()));
            command.addAll(ClassDataArchive.flags(archive, libraries));
            command.add("-Dlogback.configurationFile=logback-broker.xml");
            command.add("-Dtftpdc.log.file=" + logFile.toAbsolutePath());
            command.add("-cp");
            command.add(classPath.stream()
                    .map(jar -> jar.toAbsolutePath().toString())
                    .collect(Collectors.joining(File.pathSeparator)));
            command.add(MAIN_CLASS);
            command.add(dataDirectory.toAbsolutePath().toString());
            command.add(host);
            command.add(String.valueOf(portNow));
            command.add(advertisedHost);
            command.add(String.valueOf(internalPort));
            return List.copyOf(command);
        }
    }

    BrokerProcess(Settings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "broker";
    }

    @Override
    public String detail() {
        return "Kafka on " + bootstrapServers();
    }

    /**
     * Starts the broker and waits until clients can connect.
     *
     * @throws LaunchException when it does not come up; nothing of it is left running then
     */
    @Override
    public void start() throws LaunchException, InterruptedException {
        Child first = launch(settings.port());
        first.awaitReady();
        Thread thread = new Thread(() -> supervise(first), "broker-supervisor");
        thread.setDaemon(true);
        synchronized (lifecycle) {
            supervisor = thread;
        }
        thread.start();
    }

    /** What clients connect to; stays the same over restarts. */
    public String bootstrapServers() {
        synchronized (lifecycle) {
            if (child == null) {
                throw new IllegalStateException("The broker was not started");
            }
            return child.address();
        }
    }

    /** Whether the broker runs and has said that clients can connect. */
    public boolean isReady() {
        synchronized (lifecycle) {
            return child != null && child.isReady();
        }
    }

    /** How often the broker died and was started again. */
    public int restarts() {
        return restarts.get();
    }

    /** The process id of the broker that runs now, for tests and for the log. */
    long pid() {
        synchronized (lifecycle) {
            if (child == null) {
                throw new IllegalStateException("The broker was not started");
            }
            return child.process.pid();
        }
    }

    /** Lets Kafka end in an orderly way, and ends it in the other way when that takes too long. */
    @Override
    public void close() {
        Child last;
        Thread thread;
        synchronized (lifecycle) {
            closing = true;
            last = child;
            thread = supervisor;
        }
        if (thread != null) {
            thread.interrupt();
        }
        if (last != null) {
            last.end(ENDED_WITHIN);
        }
    }

    private Child launch(int port) throws LaunchException {
        synchronized (lifecycle) {
            if (closing) {
                throw new LaunchException("The broker is being stopped");
            }
            try {
                Files.createDirectories(settings.dataDirectory());
                Files.createDirectories(settings.logFile().toAbsolutePath().getParent());
            } catch (IOException e) {
                throw new LaunchException("The broker's directories cannot be created: " + e, e);
            }
            try {
                Child launched = new Child(new ProcessBuilder(settings.command(port)).start(), settings.logFile());
                child = launched;
                return launched;
            } catch (IOException e) {
                throw new LaunchException("The broker's JVM cannot be started: " + e.getMessage(), e);
            }
        }
    }

    /** Runs until {@link #close()}. */
    private void supervise(Child first) {
        Child current = first;
        String address = first.address();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try {
            while (true) {
                long begin = System.nanoTime();
                int status = current.process.waitFor();
                synchronized (lifecycle) {
                    if (closing) {
                        return;
                    }
                }
                Duration pause = delay.next(Duration.ofNanos(System.nanoTime() - begin));
                LOG.atWarn()
                        .addKeyValue("status", status)
                        .addKeyValue("pauseMillis", pause.toMillis())
                        .addKeyValue("log", settings.logFile())
                        .log("The broker died, starting it again");
                Thread.sleep(pause);
                current = launch(port);
                restarts.incrementAndGet();
                try {
                    current.awaitReady();
                    LOG.atWarn().addKeyValue("restarts", restarts.get()).log("The broker runs again");
                } catch (LaunchException e) {
                    LOG.atError().setCause(e).log("The broker did not come up again, trying on");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // being closed
        } catch (LaunchException e) {
            LOG.atError().setCause(e).log("The broker is not started again");
        }
    }

    /** One run of the broker's process. */
    private static final class Child {
        private final Process process;
        private final Path logFile;
        private final CompletableFuture<String> ready = new CompletableFuture<>();

        Child(Process process, Path logFile) {
            this.process = process;
            this.logFile = logFile;
            startDaemon("broker-stdout", () -> {
                drain(process.getInputStream(), this::hear);
                ended(); // only now, so that its last words count more than that it ended
            });
            startDaemon("broker-stderr", () -> drain(process.getErrorStream(), Child::note));
        }

        String address() {
            return ready.getNow("(starting)");
        }

        boolean isReady() {
            return process.isAlive() && ready.isDone() && !ready.isCompletedExceptionally();
        }

        void awaitReady() throws LaunchException, InterruptedException {
            try {
                ready.get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                end(Duration.ofSeconds(2));
                throw new LaunchException(
                        "The broker was not ready within " + READY_WITHIN.toSeconds() + " s; see " + logFile, e);
            } catch (ExecutionException e) {
                end(Duration.ofSeconds(2));
                if (e.getCause() instanceof LaunchException cause) {
                    throw cause;
                }
                throw new LaunchException("The broker did not start; see " + logFile, e);
            }
        }

        /** The protocol of BrokerMain; see there. */
        private void hear(String line) {
            String[] words = line.split(" ", 2);
            String rest = words.length == 2 ? words[1] : "";
            switch (words[0]) {
                case "ready" -> ready.complete(rest);
                case "port-taken" -> ready.completeExceptionally(new PortTakenException(Integer.parseInt(rest)));
                case "failed" -> ready.completeExceptionally(new LaunchException(rest + " (see " + logFile + ")"));
                default -> note(line);
            }
        }

        private static void note(String line) {
            LOG.atWarn().addKeyValue("line", line).log("The broker's process said");
        }

        private void ended() {
            try {
                int status = process.waitFor();
                ready.completeExceptionally(new LaunchException(
                        "The broker ended with status " + status + " before it was ready; see " + logFile));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void drain(InputStream stream, Consumer<String> to) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    to.accept(line);
                }
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("The broker's output broke");
            }
        }

        private static void startDaemon(String name, Runnable task) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
        }

        void end(Duration patience) {
            try {
                process.getOutputStream().close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("The broker's input was closed already");
            }
            try {
                if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.atWarn()
                            .addKeyValue("seconds", patience.toSeconds())
                            .log("The broker does not end, killing it");
                    process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
