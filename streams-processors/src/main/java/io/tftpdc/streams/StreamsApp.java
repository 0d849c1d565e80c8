package io.tftpdc.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.tftpdc.runtime.HealthCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running Kafka Streams application with what its health needs. Any thread. */
final class StreamsApp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsApp.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final String name;
    private final Pattern sources;
    private final KafkaStreams streams;
    private final KafkaStreamsMetrics metrics;
    private final long createdNanos = System.nanoTime();
    private final RecentFailures failures = new RecentFailures(System::nanoTime);
    private volatile String lastFailure = "";
    private volatile boolean caughtUp;
    private volatile long stoppedRunningNanos = createdNanos;
    private volatile String obstacle = "";
    private volatile String progress = "has not looked yet how much there is to read";

    /**
     * @param name the application id
     * @param sources matches the topics that it reads
     */
    StreamsApp(String name, Pattern sources, Topology topology, Properties settings, MeterRegistry registry) {
        this(name, sources, topology, settings, new BriefPolls(() -> false, Duration.ZERO), registry);
    }

    /** @param clients that it reads and writes with */
    StreamsApp(
            String name,
            Pattern sources,
            Topology topology,
            Properties settings,
            KafkaClientSupplier clients,
            MeterRegistry registry) {
        this.name = name;
        this.sources = sources;
        settings.put(OversizedRejections.REGISTRY, registry);
        this.streams = new KafkaStreams(topology, settings, clients);
        this.metrics = new KafkaStreamsMetrics(streams, Tags.of("application", name));
        streams.setUncaughtExceptionHandler(this::replaceThread);
        streams.setStateListener((now, before) -> {
            if (before == KafkaStreams.State.RUNNING) {
                stoppedRunningNanos = System.nanoTime();
            }
            if (now == KafkaStreams.State.RUNNING) {
                obstacle = "";
                LOG.atInfo()
                        .addKeyValue("application", name)
                        .addKeyValue("sinceStartMillis", (System.nanoTime() - createdNanos) / 1_000_000)
                        .log("Streams application runs");
            }
        });
        metrics.bindTo(registry);
    }

    void start() {
        streams.start();
    }

    String name() {
        return name;
    }

    Pattern sources() {
        return sources;
    }

    KafkaStreams streams() {
        return streams;
    }

    boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** How long it has not been running; zero while it runs. */
    Duration notRunningFor() {
        return isRunning() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - stoppedRunningNanos);
    }

    /** Notes what keeps it from running, in words; empty if that is not known. */
    void setObstacle(String words) {
        obstacle = words;
    }

    boolean isCaughtUp() {
        return caughtUp;
    }

    /** Notes how much of what was there at start is still to be read. */
    void setRemaining(long records) {
        caughtUp = records == 0;
        progress = records + " records of those that were there at start are still to be read";
    }

    /** Notes why nobody can say that at the moment. */
    void setRemainingUnknown(String why) {
        progress = "it is not known how much of what was there at start is still to be read: " + why;
    }

    HealthCheck.Status readiness() {
        if (!isRunning()) {
            String why = obstacle.isEmpty() ? "" : "; " + obstacle;
            return HealthCheck.Status.down("the application is " + streams.state() + why + failure());
        }
        if (!failures.isCalm()) {
            return HealthCheck.Status.down(
                    "a thread failed less than " + RecentFailures.CALM.toSeconds() + " s ago" + failure());
        }
        return caughtUp
                ? HealthCheck.Status.up("running, " + failures.count() + " threads replaced since start")
                : HealthCheck.Status.down(progress + failure());
    }

    HealthCheck.Status liveness() {
        KafkaStreams.State state = streams.state();
        return state == KafkaStreams.State.ERROR
                        || state == KafkaStreams.State.PENDING_ERROR
                        || (state.hasNotStarted() && failures.count() > 0)
                ? HealthCheck.Status.down("the application is " + state + failure())
                : HealthCheck.Status.up("the application is " + state);
    }

    private String failure() {
        return lastFailure.isEmpty() ? "" : "; last failure: " + lastFailure;
    }

    /** Runs on the thread that failed, so the pause delays nobody else. */
    private StreamThreadExceptionResponse replaceThread(Throwable failure) {
        int count = failures.add();
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        lastFailure = root.toString();
        LOG.atError()
                .addKeyValue("application", name)
                .addKeyValue("failures", count)
                .setCause(failure)
                .log("A stream thread failed and is replaced");
        try {
            Thread.sleep(Math.min(LONGEST_PAUSE_MILLIS, 100L << Math.min(count, 10)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Closes several at once, since each waits for its threads. */
    static void closeAll(List<StreamsApp> apps) {
        List<Thread> threads = new ArrayList<>();
        for (StreamsApp app : apps) {
            threads.add(Thread.ofPlatform().name("close-" + app.name()).start(app::close));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Leaves the group, so that the next process, or the next start, need not wait until this one is missed. */
    @Override
    public void close() {
        boolean closed = streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_TIMEOUT));
        metrics.close();
        if (!closed) {
            LOG.atWarn()
                    .addKeyValue("application", name)
                    .addKeyValue("timeout", CLOSE_TIMEOUT)
                    .log("Streams application did not stop in time");
        }
    }
}
