package io.tftpdc.edge.index;

import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the site's own cluster and its fallbacks all the time whether they could be followed, and says which one is to be,
 * as {@link ClusterChoice} decides. A cluster answers when it says of the index topic that every partition has a leader.
 */
public final class ClusterWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);
    private static final List<String> TOPICS = List.of(Topics.FILE_INDEX.name(), Topics.CONTENT_LOCATIONS.name());
    private static final long EVERY_MILLIS = 500;
    private static final int PATIENCE_MILLIS = 2_000;
    private static final long CLOSE_SECONDS = 5;

    private final List<Probe> probes;
    private final ClusterChoice choice;
    private final Consumer<KafkaCluster> follow;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "cluster-watch");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param own the site's
     * @param fallbacks peers', the best first
     * @param follow told on the watch's thread which cluster to follow from now on; the own one goes without saying at
     *     the start
     */
    public ClusterWatch(
            KafkaCluster own,
            List<KafkaCluster> fallbacks,
            Duration failoverAfter,
            Duration failbackAfter,
            Consumer<KafkaCluster> follow) {
        List<Probe> all = new ArrayList<>();
        all.add(new Probe(own));
        fallbacks.forEach(fallback -> all.add(new Probe(fallback)));
        this.probes = List.copyOf(all);
        this.choice = new ClusterChoice(probes.size(), failoverAfter, failbackAfter, now());
        this.follow = follow;
    }

    public void start() {
        timer.scheduleWithFixedDelay(this::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void look() {
        try {
            probes.forEach(Probe::ask);
            long deadline = now() + PATIENCE_MILLIS;
            boolean[] answers = new boolean[probes.size()];
            for (int i = 0; i < answers.length; i++) {
                answers[i] = probes.get(i).hear(deadline);
            }
            int before = choice.followed();
            int after = choice.heard(answers, now());
            if (after != before) {
                LOG.atWarn()
                        .addKeyValue("before", probes.get(before).cluster)
                        .addKeyValue("now", probes.get(after).cluster)
                        .log("Following another Kafka cluster");
                follow.accept(probes.get(after).cluster);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("Watching Kafka clusters failed, which is a bug; trying again");
        }
    }

    /** Ends the watch; what is followed stays. Idempotent. */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            boolean ended = timer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            LOG.atTrace().addKeyValue("ended", ended).log("Cluster watch closes");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        probes.forEach(Probe::close);
    }

    /** One cluster; for the watch's thread. */
    private static final class Probe {
        private final KafkaCluster cluster;
        private @Nullable Admin admin;
        private Optional<KafkaFuture<Map<String, TopicDescription>>> answer = Optional.empty();

        Probe(KafkaCluster cluster) {
            this.cluster = cluster;
        }

        void ask() {
            try {
                answer = Optional.of(admin().describeTopics(TOPICS).allTopicNames());
            } catch (KafkaException e) {
                // Its name does not resolve, say; so it does not answer.
                answer = Optional.empty();
                LOG.atDebug().addKeyValue("cluster", cluster).setCause(e).log("A cluster cannot be asked");
            }
        }

        private Admin admin() {
            Admin open = admin;
            if (open == null) {
                Map<String, Object> settings = new HashMap<>(cluster.settings());
                settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
                settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
                settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, EVERY_MILLIS);
                open = Admin.create(settings);
                admin = open;
            }
            return open;
        }

        boolean hear(long deadline) throws InterruptedException {
            if (answer.isEmpty()) {
                return false;
            }
            try {
                long patience = Math.max(1, deadline - now());
                return answer.get().get(patience, TimeUnit.MILLISECONDS).values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .noneMatch(partition ->
                                partition.leader() == null || partition.leader().isEmpty());
            } catch (ExecutionException | TimeoutException e) {
                LOG.atTrace().addKeyValue("cluster", cluster).setCause(e).log("A cluster does not answer");
                return false;
            }
        }

        synchronized void close() {
            if (admin != null) {
                admin.close(Duration.ZERO);
                admin = null;
            }
        }
    }
}
