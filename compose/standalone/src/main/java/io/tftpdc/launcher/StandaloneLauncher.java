package io.tftpdc.launcher;

import io.tftpdc.runtime.ClassDataArchive;
import io.tftpdc.runtime.directory.DataDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

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

    /** A former broker whose parent was killed ends by itself in this time. */
    private static final Duration PATIENCE_WITH_FORMER_BROKER = Duration.ofSeconds(20);

    private final StandaloneOptions options;
    private final StandaloneDirectory directory;
    private final LaunchLog out;
    private final LaunchSequence sequence;

    /** @param directory given up when everything has been closed */
    public StandaloneLauncher(StandaloneOptions options, StandaloneDirectory directory, PrintStream out) {
        this.options = options;
        this.directory = directory;
        this.out = new LaunchLog(out);
        this.sequence = new LaunchSequence(this.out, options.portUses(), directory);
    }

    /**
     * Starts everything, and says {@code ready} when publishing and serving work.
     *
     * @throws LaunchException when it cannot; what was started is closed again
     */
    public void start() throws LaunchException, InterruptedException {
        Distribution distribution = Distribution.find();
        boolean alone = options.peers().isEmpty(); // else our parent greets and advises
        if (alone) {
            out.line("Simple TFTP Daemon, Datacenter Version: site %s, data in %s", options.site(), directory.root());
        }
        try {
            awaitFormerBroker();
            sequence.checkPorts();
            for (Component component : new StandaloneParts(options, directory, distribution).inOrder()) {
                sequence.start(component);
            }
            sequence.ready(alone ? NextSteps.of(options) : List.of());
        } catch (LaunchException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /** Blocks until {@link #close()} has ended everything. */
    public void awaitClosed() throws InterruptedException {
        sequence.awaitClosed();
    }

    @Override
    public void close() {
        sequence.close(ClassDataArchive::writeIfWanted);
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
}
