package io.tftpdc.client;

import io.tftpdc.event.NodeReported;
import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says every few seconds in {@code tftp.node-events}, and when the process stops, how it is. A report that does not get
 * through is not repeated: the next one says more. A thread of its own.
 */
public final class NodeReporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeReporter.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final long CLOSE_SECONDS = 2;

    private final RecordWriter writer;
    private final Report report;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("node-reporter").factory());

    /** Makes a report. */
    @FunctionalInterface
    public interface Report {
        /** @param stopping whether it is the last one */
        NodeReported now(boolean stopping);
    }

    /** @param writer stays the caller's to close */
    public NodeReporter(RecordWriter writer, Report report) {
        this.writer = writer;
        this.report = report;
    }

    public void start() {
        timer.scheduleWithFixedDelay(() -> send(false), 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The version that the class was packed with; {@code dev} when it was not packed. */
    public static String version(Class<?> of) {
        String version = of.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    private void send(boolean stopping) {
        try {
            NodeReported now = report.now(stopping);
            writer.write(Topics.NODE_EVENTS, now.site() + "/" + now.node(), now).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.atDebug().setCause(e).log("The report of this node does not get through");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("The report of this node failed");
        }
    }

    /** Sends the last report and ends; call while what is reported on is still open. */
    @Override
    public void close() {
        timer.execute(() -> send(true));
        timer.shutdown();
        try {
            if (!timer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                timer.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            timer.shutdownNow();
        }
    }
}
