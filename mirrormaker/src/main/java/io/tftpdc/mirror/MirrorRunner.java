package io.tftpdc.mirror;

import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.topic.TopicCreator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.connect.mirror.MirrorMaker;
import org.apache.kafka.connect.mirror.SourceAndTarget;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorStateInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the flow from one peer running: creates the topics that it writes to, starts a MirrorMaker for it, looks at it
 * every second, and replaces it when it has failed, because MirrorMaker itself never starts a failed task again. A
 * MirrorMaker for each peer, so that one that is away or fails leaves the others alone. A thread of its own does all
 * that; any thread may ask for {@link #status} and {@link #close}.
 *
 * <p>A flow that says it is running may still stand still: after an outage its tasks may stay unassigned and say
 * RUNNING. {@link LinkWatch} sees that, and the flow is replaced as if it had failed.
 */
final class MirrorRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorRunner.class);
    private static final String CONNECTOR = "MirrorSourceConnector";
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** So long a flow may take to start before it counts as failed. */
    private static final Duration START = Duration.ofSeconds(60);

    /** So long we wait for this site's Kafka, and with it for an end when somebody closes us meanwhile. */
    private static final Duration ASKING = Duration.ofSeconds(15);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final SiteFile file;
    private final SourceAndTarget flow;
    private final LinkWatch watch;
    private final Maker maker;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicLong restarts = new AtomicLong();
    private final AtomicLong stalls = new AtomicLong();
    private final Thread thread;
    private volatile HealthCheck.Status status = HealthCheck.Status.down("MirrorMaker is starting");

    /** Makes a MirrorMaker once the topics are there that it writes to. */
    @FunctionalInterface
    interface Maker {
        MirrorMaker make(MirrorRunner runner) throws Exception;
    }

    /** For tests, which may bring a maker that fails; {@link #begin} starts it. */
    MirrorRunner(SiteFile file, SiteFile.Peer peer, LinkWatch watch, Maker maker) {
        this.maker = maker;
        this.file = file.withOnly(peer);
        this.flow = new SourceAndTarget(peer.site(), file.site());
        this.watch = watch;
        this.thread = new Thread(this::run, "mirror-runner-" + peer.site());
    }

    /**
     * Returns at once; {@link #status} tells when the flow runs.
     *
     * @param watch of the same link; closed by the caller, after this
     */
    static MirrorRunner start(SiteFile file, SiteFile.Peer peer, LinkWatch watch) {
        MirrorRunner runner = new MirrorRunner(file, peer, watch, MirrorRunner::make);
        runner.begin();
        return runner;
    }

    void begin() {
        thread.start();
    }

    /** Whether the flow runs, or what is wrong and what to do. */
    HealthCheck.Status status() {
        return status;
    }

    /** How often MirrorMaker was replaced. */
    long restarts() {
        return restarts.get();
    }

    /** How often that was because it stood still without saying so. */
    long stalls() {
        return stalls.get();
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (!isClosing(Duration.ZERO)) {
            long began = System.nanoTime();
            String failure = runOnce();
            if (isClosing(Duration.ZERO)) {
                return;
            }
            boolean ranForLong = System.nanoTime() - began > LONGEST_PAUSE.toNanos();
            pause = ranForLong ? FIRST_PAUSE : pause;
            status = HealthCheck.Status.down(failure + "; tried again in " + pause.toSeconds() + " s");
            restarts.incrementAndGet();
            LOG.atWarn()
                    .addKeyValue("datacenter", file.site())
                    .addKeyValue("flow", flow)
                    .addKeyValue("pauseSeconds", pause.toSeconds())
                    .addKeyValue("cause", failure)
                    .log("MirrorMaker is started anew");
            isClosing(pause);
            pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    /** Until a flow fails or somebody closes us; returns why it ended. */
    private String runOnce() {
        MirrorMaker mirror = null;
        try {
            mirror = maker.make(this);
            mirror.start();
            watch.restarted();
            return watch(mirror);
        } catch (Exception | LinkageError e) {
            // A class that is missing or does not fit, of a plugin for example: to be told and tried again like
            // anything
            // else, rather than the end of this thread, after which the flow would stand still and say that it starts.
            LOG.atWarn().addKeyValue("datacenter", file.site()).setCause(e).log("MirrorMaker did not start");
            return "MirrorMaker did not start: " + rootOf(e);
        } finally {
            if (mirror != null) {
                mirror.stop();
                mirror.awaitStop();
            }
        }
    }

    private MirrorMaker make() {
        createTopics();
        return new MirrorMaker(MirrorSettings.of(file), List.of(file.site()));
    }

    /** Before MirrorMaker does, so that they have our settings from the start and a misfit is told in our words. */
    private void createTopics() {
        status = HealthCheck.Status.down(
                "starting: waiting for this site's Kafka at " + file.kafka().bootstrapServers());
        Map<String, Object> settings = new HashMap<>(file.kafka().clientSettings());
        settings.put("request.timeout.ms", (int) ASKING.toMillis());
        settings.put("default.api.timeout.ms", (int) ASKING.toMillis());
        try (Admin admin = Admin.create(settings)) {
            new TopicCreator(admin, file.replicationFactor().shortValue()).ensure(MirrorSettings.mirroredTopics(file));
        }
    }

    private String watch(MirrorMaker mirror) {
        long notRunningSince = System.nanoTime();
        while (!isClosing(LOOK)) {
            List<String> starting = new ArrayList<>();
            String failure = failureOf(mirror, flow, starting);
            if (failure != null) {
                return failure;
            }
            LinkWatch.State seen = watch.state();
            if (seen.stalled().isPresent()) {
                stalls.incrementAndGet();
                return "flow " + flow + " " + seen.stalled().get();
            }
            if (starting.isEmpty()) {
                notRunningSince = System.nanoTime();
                status = statusOf(seen);
            } else {
                if (seen.problem().isPresent()) {
                    // It is not its fault, and it begins by itself once both clusters answer.
                    notRunningSince = System.nanoTime();
                }
                String why = seen.problem().map(problem -> ", " + problem).orElse("");
                status = HealthCheck.Status.down("starting: " + flow + why);
                if (System.nanoTime() - notRunningSince > START.toNanos()) {
                    return "not running after " + START.toSeconds() + " s: " + flow + why;
                }
            }
        }
        return "closed";
    }

    private HealthCheck.Status statusOf(LinkWatch.State seen) {
        String runs = "flow " + flow + " runs, " + (stalls.get() == 0 ? "" : "stood still " + stalls + " times, ");
        if (seen.problem().isPresent()) {
            return HealthCheck.Status.down(runs + "but " + seen.problem().get());
        }
        long records = seen.lagByTopic().values().stream()
                .mapToLong(PartitionProgress.Lag::records)
                .sum();
        return HealthCheck.Status.up(
                runs + records + " records and " + seen.worstLagMillis().orElse(0) / 1000 + " s behind");
    }

    /** What made the flow fail, or null; a flow that has not begun yet is added to the list. */
    private static @Nullable String failureOf(MirrorMaker mirror, SourceAndTarget flow, List<String> starting) {
        ConnectorStateInfo state;
        try {
            state = mirror.connectorStatus(flow, CONNECTOR);
        } catch (RuntimeException notYetKnown) {
            starting.add(flow.toString());
            return null;
        }
        if (state.connector().state().equals("FAILED")) {
            return "flow " + flow + " failed: " + firstLine(state.connector().trace());
        }
        for (ConnectorStateInfo.TaskState task : state.tasks()) {
            if (task.state().equals("FAILED")) {
                return "task " + task.id() + " of flow " + flow + " failed: " + firstLine(task.trace());
            }
        }
        boolean running = state.connector().state().equals("RUNNING")
                && !state.tasks().isEmpty()
                && state.tasks().stream().allMatch(task -> task.state().equals("RUNNING"));
        if (!running) {
            starting.add(flow.toString());
        }
        return null;
    }

    private static String firstLine(@Nullable String trace) {
        return trace == null ? "no cause given" : trace.lines().findFirst().orElse("");
    }

    private static String rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private boolean isClosing(Duration wait) {
        try {
            return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Stops MirrorMaker and waits for it. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
