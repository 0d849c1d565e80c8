package io.tftpdc.launcher;

import io.tftpdc.runtime.PortInUseException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts components one after the other, says how each went, and closes them in the reverse order. {@link #close} may be
 * called by another thread at any time.
 */
final class LaunchSequence {

    private static final Logger LOG = LoggerFactory.getLogger(LaunchSequence.class);

    private final LaunchLog out;
    private final List<PortUse> ports;
    private final StandaloneDirectory directory;
    private final ComponentStack running = new ComponentStack();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean ready;

    /**
     * @param ports that will be listened on
     * @param directory given up when everything has been closed
     */
    LaunchSequence(LaunchLog out, List<PortUse> ports, StandaloneDirectory directory) {
        this.out = out;
        this.ports = List.copyOf(ports);
        this.directory = directory;
    }

    /** @throws LaunchException naming every port that cannot be had */
    void checkPorts() throws LaunchException {
        List<String> problems = PortUse.problems(ports);
        if (!problems.isEmpty()) {
            throw new LaunchException(String.join(System.lineSeparator(), problems));
        }
    }

    void start(Component component) throws LaunchException, InterruptedException {
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

    /** Says that everything works. */
    void ready(List<String> advice) {
        out.lines(advice);
        LOG.atInfo().addKeyValue("seconds", out.secondsSinceBegin()).log("Ready");
        ready = true;
        out.line("ready");
    }

    /** Blocks until {@link #close} has ended everything. */
    void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /**
     * Ends everything.
     *
     * @param afterGoodRun done last, if everything had worked
     */
    void close(Runnable afterGoodRun) {
        if (ready && closed.getCount() > 0) {
            out.line("stopping");
        }
        running.close();
        directory.close();
        if (ready) {
            afterGoodRun.run();
        }
        closed.countDown();
    }

    /** Somebody took it after {@link #checkPorts()} had found it free. */
    private LaunchException portTaken(int port, Exception cause) {
        return new LaunchException(
                ports.stream()
                        .filter(use -> use.port() == port)
                        .findFirst()
                        .map(PortUse::taken)
                        .orElse("Port " + port + " is taken by another program"),
                cause);
    }
}
