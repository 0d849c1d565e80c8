package io.tftpdc.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child process, started again whenever it dies.
 *
 * <pre>
 *   started ─► ready ─► died ─► a pause ({@link RestartDelay}) ─► started again ─► …
 *      │                                   {@link #close()} from anywhere ─► ended
 *      └─► not ready: {@link #start()} fails, nothing is left running
 * </pre>
 *
 * <p>The child ends when its standard input closes, so it never outlives us, whatever ends us. {@link #start()} and
 * {@link #close()} are for the launcher; everything else may be called by any thread.
 */
final class SupervisedProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisedProcess.class);

    private final Program program;
    private final AtomicInteger restarts = new AtomicInteger();
    private final RestartDelay delay = new RestartDelay();
    private final Object lifecycle = new Object();
    private boolean closing;
    private @Nullable Child child;
    private @Nullable Thread supervisor;

    /** What is run, and how it is understood. Called by threads of the supervision, one at a time for each stream. */
    interface Program {
        /** As in {@code broker}, for messages and threads. */
        String name();

        /**
         * What to run.
         *
         * @param formerly what it said at its first start when it became ready; empty for that start
         */
        List<String> command(Optional<String> formerly) throws IOException, LaunchException;

        /** What its environment has that ours has not, or otherwise. */
        default Map<String, String> environment() {
            return Map.of();
        }

        /** Takes a line on its standard output, and says what it means. */
        Signal hear(String line);

        /** Takes a line on its standard error. */
        void note(String line);

        /** Where a person finds out more, for messages. */
        String more();

        /** How long it may say nothing before it is ready; a line that it says shows that it gets on. */
        Duration readyWithin();

        /** How long it may take to end in an orderly way. */
        Duration endedWithin();

        /** It died, and was started again or will be; said to whoever should know. */
        default void restarting(String what) {}
    }

    /** What a child can say. */
    sealed interface Signal {
        /** It works. */
        record Ready(String detail) implements Signal {}

        /** It cannot, and is about to end. */
        record Failed(LaunchException why) implements Signal {}

        /** Neither. */
        record Other() implements Signal {}
    }

    SupervisedProcess(Program program) {
        this.program = program;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @return what it said with that
     * @throws LaunchException when it does not come up; nothing of it is left running then
     */
    String start() throws LaunchException, InterruptedException {
        Child first = launch(Optional.empty());
        String detail = first.awaitReady();
        Thread thread = new Thread(() -> supervise(first, detail), program.name() + "-supervisor");
        thread.setDaemon(true);
        synchronized (lifecycle) {
            supervisor = thread;
        }
        thread.start();
        return detail;
    }

    /** Whether it runs and has said that it is ready. */
    boolean isReady() {
        synchronized (lifecycle) {
            return child != null && child.isReady();
        }
    }

    /** How often it died and was started again. */
    int restarts() {
        return restarts.get();
    }

    /** The process that runs now. */
    ProcessHandle handle() {
        synchronized (lifecycle) {
            if (child == null) {
                throw new IllegalStateException("The " + program.name() + " was not started");
            }
            return child.process.toHandle();
        }
    }

    /** Lets it end in an orderly way, and ends it in the other way when that takes too long. */
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
            last.end(program.endedWithin());
        }
    }

    private Child launch(Optional<String> formerly) throws LaunchException {
        synchronized (lifecycle) {
            if (closing) {
                throw new LaunchException("The " + program.name() + " is being stopped");
            }
            try {
                ProcessBuilder builder = new ProcessBuilder(program.command(formerly));
                builder.environment().putAll(program.environment());
                Child launched = new Child(program, builder.start());
                child = launched;
                return launched;
            } catch (IOException e) {
                throw new LaunchException("The " + program.name() + " cannot be started: " + e.getMessage(), e);
            }
        }
    }

    /** Runs until {@link #close()}. */
    private void supervise(Child first, String detail) {
        Child current = first;
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
                        .addKeyValue("process", program.name())
                        .addKeyValue("status", status)
                        .addKeyValue("pauseMillis", pause.toMillis())
                        .addKeyValue("more", program.more())
                        .log("A process died, starting it again");
                Thread.sleep(pause);
                program.restarting("died (status " + status + "), starting it again");
                current = launchAgain(detail);
                restarts.incrementAndGet();
                awaitReadyAgain(current);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // being closed
        }
    }

    /** Whatever keeps it from being started, such as a full disk or a system without memory, may pass. */
    private Child launchAgain(String detail) throws InterruptedException {
        while (true) {
            try {
                return launch(Optional.of(detail));
            } catch (LaunchException e) {
                synchronized (lifecycle) {
                    if (closing) {
                        throw new InterruptedException("closed while it was being started again");
                    }
                }
                Duration pause = delay.next(Duration.ZERO);
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("process", program.name())
                        .addKeyValue("pauseMillis", pause.toMillis())
                        .log("A process cannot be started again, trying on");
                Thread.sleep(pause);
            }
        }
    }

    private void awaitReadyAgain(Child again) throws InterruptedException {
        try {
            again.awaitReady();
            LOG.atWarn()
                    .addKeyValue("process", program.name())
                    .addKeyValue("restarts", restarts.get())
                    .log("A process runs again");
            program.restarting("runs again");
        } catch (LaunchException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("process", program.name())
                    .log("A process did not come up again, trying on");
        }
    }

    /** One run of the process. */
    private static final class Child {
        private final Program program;
        private final Process process;
        private final CompletableFuture<String> ready = new CompletableFuture<>();
        private volatile long heardNanos = System.nanoTime();

        Child(Program program, Process process) {
            this.program = program;
            this.process = process;
            startDaemon(program.name() + "-stdout", () -> {
                drain(process.getInputStream(), this::hear);
                ended(); // only now, so that its last words count more than that it ended
            });
            startDaemon(program.name() + "-stderr", () -> drain(process.getErrorStream(), program::note));
        }

        boolean isReady() {
            return process.isAlive() && ready.isDone() && !ready.isCompletedExceptionally();
        }

        String awaitReady() throws LaunchException, InterruptedException {
            try {
                return awaitReadyOrSilence();
            } catch (TimeoutException e) {
                end(Duration.ofSeconds(2));
                throw new LaunchException(
                        "The " + program.name() + " is not ready and has said nothing for "
                                + program.readyWithin().toSeconds() + " s; see " + program.more(),
                        e);
            } catch (ExecutionException e) {
                end(Duration.ofSeconds(2));
                if (e.getCause() instanceof LaunchException cause) {
                    throw cause;
                }
                throw new LaunchException("The " + program.name() + " did not start; see " + program.more(), e);
            }
        }

        private String awaitReadyOrSilence() throws InterruptedException, ExecutionException, TimeoutException {
            while (true) {
                long silentNanos = System.nanoTime() - heardNanos;
                try {
                    return ready.get(program.readyWithin().toNanos() - silentNanos, TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    if (System.nanoTime() - heardNanos >= program.readyWithin().toNanos()) {
                        throw e;
                    }
                }
            }
        }

        private void hear(String line) {
            heardNanos = System.nanoTime();
            switch (program.hear(line)) {
                case Signal.Ready signal -> ready.complete(signal.detail());
                case Signal.Failed signal -> ready.completeExceptionally(signal.why());
                case Signal.Other ignored -> {}
            }
        }

        private void ended() {
            try {
                int status = process.waitFor();
                ready.completeExceptionally(new LaunchException("The " + program.name() + " ended with status " + status
                        + " before it was ready; see " + program.more()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void drain(InputStream stream, Consumer<String> to) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    understand(line, to);
                }
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("The output of a process broke");
            }
        }

        /** Whatever it says: a child whose output nobody reads would stop before long. */
        private static void understand(String line, Consumer<String> by) {
            try {
                by.accept(line);
            } catch (RuntimeException e) {
                LOG.atWarn().setCause(e).addKeyValue("line", line).log("What a process said is not understood");
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
                LOG.atDebug().setCause(e).log("The input of a process was closed already");
            }
            try {
                if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.atWarn()
                            .addKeyValue("process", program.name())
                            .addKeyValue("seconds", patience.toSeconds())
                            .log("A process does not end, killing it");
                    process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
