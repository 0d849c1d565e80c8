package io.tftpdc.streams;

import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthSwitch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks from time to time whether Kafka answers, how far the applications are and what keeps one from running; a thread
 * of its own.
 */
final class StreamsMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsMonitor.class);
    private static final long PAUSE_WHILE_STARTING_MILLIS = 100;
    private static final long PAUSE_MILLIS = 2000;
    private static final int ANSWER_SECONDS = 5;

    private final Admin admin;
    private final Map<String, Object> clientSettings;
    private final List<StreamsApp> apps;
    private final HealthSwitch kafka;
    private final Thread thread;
    private final Map<String, StartupLag> lags = new HashMap<>();
    private long kafkaAskedNanos = System.nanoTime();
    private long obstaclesSoughtNanos = System.nanoTime();

    /** @param clientSettings what every client of the cluster needs */
    StreamsMonitor(Admin admin, Map<String, Object> clientSettings, List<StreamsApp> apps, HealthSwitch kafka) {
        this.admin = admin;
        this.clientSettings = Map.copyOf(clientSettings);
        this.apps = List.copyOf(apps);
        this.kafka = kafka;
        this.thread = new Thread(this::run, "streams-monitor");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (System.nanoTime() - kafkaAskedNanos > PAUSE_MILLIS * 1_000_000) {
                    askKafka();
                }
                for (StreamsApp app : apps) {
                    if (app.isRunning() && !app.isCaughtUp()) {
                        look(app);
                    }
                }
                if (System.nanoTime() - obstaclesSoughtNanos > PAUSE_MILLIS * 1_000_000) {
                    seekObstacles();
                }
                boolean starting = apps.stream().anyMatch(app -> !app.isCaughtUp());
                Thread.sleep(starting ? PAUSE_WHILE_STARTING_MILLIS : PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            // What it said last would stand for good.
            kafka.set(HealthCheck.Status.down("nobody looks any more whether Kafka answers: " + e));
            throw e;
        } finally {
            lags.values().forEach(lag -> Utils.closeQuietly(lag, "startup lag"));
        }
    }

    private void look(StreamsApp app) throws InterruptedException {
        try {
            StartupLag lag = lags.get(app.name());
            if (lag == null) {
                lag = StartupLag.measure(admin, clientSettings, app.name(), app.sources());
                lags.put(app.name(), lag);
            }
            long remaining = lag.remaining();
            app.setRemaining(remaining);
            if (remaining == 0) {
                lag.close();
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            app.setRemainingUnknown(reason(e));
            failed(app, "Could not look how much is left, trying again", e);
        }
    }

    /** For those that should have been running long ago. */
    private void seekObstacles() throws InterruptedException {
        for (StreamsApp app : apps) {
            if (app.notRunningFor().compareTo(OpenTransactions.OLD) > 0) {
                try {
                    app.setObstacle(OpenTransactions.describe(admin, app.name(), app.sources()));
                } catch (ExecutionException | TimeoutException | RuntimeException e) {
                    failed(app, "Could not look what keeps it from running, trying again", e);
                }
            }
        }
        obstaclesSoughtNanos = System.nanoTime();
    }

    private void askKafka() throws InterruptedException {
        kafkaAskedNanos = System.nanoTime();
        try {
            int nodes = admin.describeCluster()
                    .nodes()
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .size();
            kafka.set(HealthCheck.Status.up(nodes + " brokers"));
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            kafka.set(HealthCheck.Status.down("Kafka does not answer: " + reason(e)));
        }
    }

    private static String reason(Exception e) {
        return switch (e) {
            case TimeoutException late -> "no reply in " + ANSWER_SECONDS + " s";
            case ExecutionException failed -> String.valueOf(failed.getCause());
            default -> e.toString();
        };
    }

    /** Whatever it is, the next look may succeed. What Kafka has to do with is nothing new to those who read the log. */
    private static void failed(StreamsApp app, String message, Exception e) {
        boolean ofKafka =
                e instanceof ExecutionException || e instanceof TimeoutException || e instanceof KafkaException;
        LOG.atLevel(ofKafka ? Level.DEBUG : Level.WARN)
                .addKeyValue("application", app.name())
                .setCause(e)
                .log(message);
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(ANSWER_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
