package io.tftpdc.launcher;

import io.tftpdc.runtime.ClassDataArchive;
import io.tftpdc.runtime.PortInUseException;
import io.tftpdc.runtime.directory.DataDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system in one process tree: this JVM, and Kafka as its child.
 *
 * <pre>
 *   check the ports ─► broker ─► topics ─► registry ─► streams ─► edge ─► admin
 *                                                                       ─► publish and fetch a file ─► "ready"
 * </pre>
 *
 * <p>Stops in the reverse order when the JVM is told to end.
 */
public final class StandaloneLauncher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StandaloneLauncher.class);

    /** A former broker whose parent was killed ends by itself in this time. */
    private static final Duration PATIENCE_WITH_FORMER_BROKER = Duration.ofSeconds(20);

    private final StandaloneOptions options;
    private final StandaloneDirectory directory;
    private final LaunchLog out;
    private final ComponentStack running = new ComponentStack();
    private volatile boolean ready;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** @param directory given up when everything has been closed */
    public StandaloneLauncher(StandaloneOptions options, StandaloneDirectory directory, PrintStream out) {
        this.options = options;
        this.directory = directory;
        this.out = new LaunchLog(out);
    }

    /**
     * Starts everything, and says {@code ready} when publishing and serving work.
     *
     * @throws LaunchException when it cannot; what was started is closed again
     */
    public void start() throws LaunchException, InterruptedException {
        Distribution distribution = Distribution.find();
        out.line("Simple TFTP Daemon, Datacenter Version: site %s, data in %s", options.site(), directory.root());
        try {
            awaitFormerBroker();
            checkPorts();
            for (Component component : new StandaloneParts(options, directory, distribution).inOrder()) {
                startOne(component);
            }
            out.lines(NextSteps.of(options));
            LOG.atInfo().addKeyValue("seconds", out.secondsSinceBegin()).log("Ready");
            ready = true;
            out.line("ready");
        } catch (LaunchException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /** Blocks until {@link #close()} has ended everything. */
    public void awaitClosed() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() {
        if (ready && closed.getCount() > 0) {
            out.line("stopping");
        }
        running.close();
        directory.close();
        if (ready) {
            ClassDataArchive.writeIfWanted();
        }
        closed.countDown();
    }

    private void startOne(Component component) throws LaunchException, InterruptedException {
        long begin = System.nanoTime();
        try {
            running.start(component);
        } catch (PortTakenException e) {
            throw portTaken(e.port(), e);
        } catch (PortInUseException e) {
            throw portTaken(e.port(), e);
        } catch (LaunchException | InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError e) {
            if (running.isClosed()) {
                throw new LaunchException("Stopped while the " + component.name() + " was starting", e);
            }
            LOG.atError().setCause(e).addKeyValue("component", component.name()).log("A part did not start");
            throw new LaunchException(
                    "The " + component.name() + " did not start: " + e + " (see " + directory.logs() + ")", e);
        }
        out.started(component, System.nanoTime() - begin);
    }

    /** Somebody took it after {@link #checkPorts()} had found it free. */
    private LaunchException portTaken(int port, Exception cause) {
        return new LaunchException(
                options.portUses().stream()
                        .filter(use -> use.port() == port)
                        .findFirst()
                        .map(PortUse::taken)
                        .orElse("Port " + port + " is taken by another program"),
                cause);
    }

    /** Its port would seem taken, although it is free in a moment. */
    private void awaitFormerBroker() throws LaunchException, InterruptedException {
        Path kafka = directory.kafka();
        try {
            if (!DataDirectory.awaitFree(kafka, Duration.ZERO)) {
                out.line("  waiting for the broker of a run that was killed to end");
                if (!DataDirectory.awaitFree(kafka, PATIENCE_WITH_FORMER_BROKER)) {
                    throw new LaunchException("A broker of a former run still uses " + kafka + " after "
                            + PATIENCE_WITH_FORMER_BROKER.toSeconds() + " s; end that process (its id is in "
                            + kafka.resolve("in-use.lock") + ")");
                }
            }
        } catch (IOException e) {
            throw new LaunchException("The broker's directory " + kafka + " cannot be read: " + e, e);
        }
    }

    private void checkPorts() throws LaunchException {
        List<String> problems = PortUse.problems(options.portUses());
        if (!problems.isEmpty()) {
            throw new LaunchException(String.join(System.lineSeparator(), problems));
        }
    }
}
