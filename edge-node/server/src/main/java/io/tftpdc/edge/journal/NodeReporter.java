package io.tftpdc.edge.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.event.NodeReported;
import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every few seconds, and when the node stops, how the node is. A report that does not get through is not repeated. */
public final class NodeReporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeReporter.class);
    private static final long CLOSE_SECONDS = 2;

    private final EventSender sender;
    private final Function<Boolean, NodeReported> report;
    private final Duration interval;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "node-reporter");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Counter reports;

    /**
     * @param sender stays open when this is closed
     * @param report makes a report; the argument says whether the node is stopping
     */
    public NodeReporter(EventSender sender, Function<Boolean, NodeReported> report, Duration interval) {
        this.sender = sender;
        this.report = report;
        this.interval = interval;
    }

    public void bindTo(MeterRegistry meters) {
        reports = JournalMeters.REPORTS.counter(meters);
    }

    public void start() {
        timer.scheduleWithFixedDelay(() -> send(false), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void send(boolean stopping) {
        try {
            NodeReported reported = report.apply(stopping);
            String key = reported.site() + "/" + reported.node();
            sender.send(Topics.NODE_EVENTS, key, reported, (metadata, error) -> {
                Counter counter = reports;
                if (error == null && counter != null) {
                    counter.increment();
                }
            });
        } catch (KafkaException e) {
            LOG.atDebug().setCause(e).log("Node report does not get through");
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Node report failed, which is a bug");
        }
    }

    /** Sends the last report, unless Kafka is away, and ends; call while what is reported on is still open. */
    @Override
    public void close() {
        if (!sender.isAway()) {
            timer.execute(() -> send(true));
        }
        timer.shutdown();
        try {
            boolean ended = timer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            LOG.atTrace().addKeyValue("ended", ended).log("Node reporter closes");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        timer.shutdownNow();
    }
}
