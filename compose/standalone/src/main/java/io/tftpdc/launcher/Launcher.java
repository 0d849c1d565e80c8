package io.tftpdc.launcher;

import io.tftpdc.runtime.PortInUseException;
import io.tftpdc.runtime.directory.DataDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the components of a {@link Launch} one after the other, says how each went, and closes them in the reverse order
 * when the JVM is told to end. {@link #close} may be called by another thread at any time.
 */
public final class Launcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);
    private static final Duration BETWEEN_LOOKS_AT_PORTS = Duration.ofMillis(200);

    /** Children of a process that was killed end by themselves in this time. */
    private static final Duration PATIENCE_WITH_PORTS = Duration.ofSeconds(25);

    private final Launch launch;
    private final StandaloneDirectory directory;
    private final LaunchLog out;
    private final ComponentStack running = new ComponentStack();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean ready;

    private Launcher(Launch launch, StandaloneDirectory directory, LaunchLog out) {
        this.launch = launch;
        this.directory = directory;
        this.out = out;
    }

    /** @param directory given up when everything has been closed */
    public static Launcher of(StandaloneOptions options, StandaloneDirectory directory, PrintStream out) {
        LaunchLog log = new LaunchLog(out);
        return new Launcher(new SiteLaunch(options, directory, log), directory, log);
    }

    /** @param directory given up when everything has been closed */
    public static Launcher of(SitesOptions options, StandaloneDirectory directory, PrintStream out) {
        LaunchLog log = new LaunchLog(out);
        return new Launcher(new SitesLaunch(options, directory, log), directory, log);
    }

    /**
     * Starts everything, and says {@code ready} when it works.
     *
     * @throws LaunchException when it cannot; what was started is closed again
     */
    public void start() throws LaunchException, InterruptedException {
        if (!launch.greeting().isEmpty()) {
            out.line("%s", launch.greeting());
        }
        try {
            boolean waited = launch.isChild();
            for (Launch.Former former : launch.formers()) {
                waited |= await(former);
            }
            checkPorts(waited ? PATIENCE_WITH_PORTS : Duration.ZERO);
            for (Component component : launch.components()) {
                start(component);
            }
        } catch (LaunchException | InterruptedException e) {
            close();
            throw e;
        }
        out.lines(launch.advice());
        LOG.atInfo().addKeyValue("seconds", out.secondsSinceBegin()).log("Ready");
        ready = true;
        out.line("ready");
    }

    /** Its ports would seem taken, although they are free in a moment; tells whether there was somebody. */
    private boolean await(Launch.Former former) throws LaunchException, InterruptedException {
        try {
            if (DataDirectory.awaitFree(former.directory(), Duration.ZERO)) {
                return false;
            }
            out.line("  waiting for the %s of a run that was killed to end", former.who());
            if (!DataDirectory.awaitFree(former.directory(), former.patience())) {
                throw new LaunchException("The " + former.who() + " of a former run still uses " + former.directory()
                        + " after " + former.patience().toSeconds() + " s; end that process (its id is in "
                        + former.directory().resolve("in-use.lock") + ")");
            }
            return true;
        } catch (IOException e) {
            throw new LaunchException("The directory " + former.directory() + " cannot be read: " + e, e);
        }
    }

    /** @throws LaunchException naming every port that cannot be had */
    private void checkPorts(Duration patience) throws LaunchException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        List<String> problems = PortUse.problems(launch.ports());
        while (!problems.isEmpty()) {
            if (System.nanoTime() - deadline >= 0) {
                throw new LaunchException(String.join(System.lineSeparator(), problems));
            }
            Thread.sleep(BETWEEN_LOOKS_AT_PORTS);
            problems = PortUse.problems(launch.ports());
        }
    }

    private void start(Component component) throws LaunchException, InterruptedException {
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

    /** Somebody took it after {@link #checkPorts} had found it free. */
    private LaunchException portTaken(int port, Exception cause) {
        return new LaunchException(
                launch.ports().stream()
                        .filter(use -> use.port() == port)
                        .findFirst()
                        .map(PortUse::taken)
                        .orElse("Port " + port + " is taken by another program"),
                cause);
    }

    /** Blocks until {@link #close} has ended everything. */
    public void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /** Ends everything. */
    @Override
    public void close() {
        if (ready && closed.getCount() > 0) {
            out.line("stopping");
        }
        running.close();
        directory.close();
        if (ready) {
            launch.afterGoodRun();
        }
        closed.countDown();
    }
}
