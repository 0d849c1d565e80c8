package io.tftpdc.mirror;

import io.tftpdc.event.NodeReported.Position;
import io.tftpdc.mirror.site.MirroredPositions;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees for itself how far behind a link is, rather than believing what MirrorMaker says of it: compares what the peer has
 * with what was committed here, every two seconds, on a thread of its own. Any thread may ask for {@link #state}.
 */
final class LinkWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What was seen last. */
    record State(
            Optional<String> problem,
            Map<String, PartitionProgress.Lag> lagByTopic,
            List<Position> positions,
            OptionalLong heartbeatAgeMillis,
            Optional<String> stalled) {
        State {
            lagByTopic = Map.copyOf(lagByTopic);
            positions = List.copyOf(positions);
        }

        /** Of the topic that is furthest behind; empty while that is not known. */
        OptionalLong worstLagMillis() {
            return problem.isPresent()
                    ? OptionalLong.empty()
                    : lagByTopic.values().stream()
                            .mapToLong(PartitionProgress.Lag::millis)
                            .max();
        }
    }

    private final SiteFile file;
    private final SiteFile.Peer peer;
    private final Clock clock;
    private final Map<TopicPartition, PartitionProgress> progress = new LinkedHashMap<>();
    private final AtomicBoolean restarted = new AtomicBoolean();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable MirroredPositions mirrored;
    private @Nullable PeerEnds ends;
    private @Nullable Heartbeat heartbeat;
    private OptionalLong age = OptionalLong.empty();
    /** When a position was last seen to have moved. */
    private long movedAt;

    private volatile State state =
            new State(Optional.of("nothing is known yet"), Map.of(), List.of(), OptionalLong.empty(), Optional.empty());

    private LinkWatch(SiteFile file, SiteFile.Peer peer, Clock clock) {
        this.file = file;
        this.peer = peer;
        this.clock = clock;
        for (Topic<?, ?> topic : Topics.all()) {
            for (int i = 0; topic.mirrored() && i < topic.settings().partitions(); i++) {
                progress.put(new TopicPartition(topic.name(), i), new PartitionProgress());
            }
        }
        this.thread = new Thread(this::run, "link-watch-" + peer.site());
        this.thread.setDaemon(true);
    }

    static LinkWatch start(SiteFile file, SiteFile.Peer peer) {
        LinkWatch watch = new LinkWatch(file, peer, Clock.systemUTC());
        watch.thread.start();
        return watch;
    }

    State state() {
        return state;
    }

    /** The flow begins anew, with all the time to move that any flow has. */
    void restarted() {
        restarted.set(true);
        State seen = state;
        state = new State(
                seen.problem(), seen.lagByTopic(), seen.positions(), seen.heartbeatAgeMillis(), Optional.empty());
    }

    private void run() {
        try {
            do {
                look();
            } while (!closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeClients();
        }
    }

    private void look() {
        Optional<String> problem = Optional.empty();
        try {
            here();
        } catch (RuntimeException e) {
            problem = Optional.of("this site's Kafka does not answer: " + reason(e));
        }
        if (problem.isEmpty()) {
            try {
                there();
            } catch (RuntimeException e) {
                problem = Optional.of(
                        "the peer's Kafka at " + peer.bootstrapServers() + " does not answer: " + reason(e));
            }
        }
        problem.ifPresent(what -> {
            progress.values().forEach(PartitionProgress::blind);
            LOG.atDebug()
                    .addKeyValue("peer", peer.site())
                    .addKeyValue("reason", what)
                    .log("The link cannot be seen");
        });
        publish(problem, clock.millis());
    }

    private void here() {
        MirroredPositions positions = mirrored;
        if (positions == null) {
            positions = new MirroredPositions(file.kafka().clientSettings(), peer.site());
            mirrored = positions;
        }
        Heartbeat beat = heartbeat;
        if (beat == null) {
            beat = new Heartbeat(peer.siteName(), file.kafka().clientSettings(), PATIENCE);
            heartbeat = beat;
        }
        age = beat.age(clock.millis());
        positions.refresh(PATIENCE);
    }

    private void there() {
        PeerEnds offsets = ends;
        MirroredPositions positions = mirrored;
        if (offsets == null) {
            offsets = new PeerEnds(peer.site(), peer.clientSettings(), PATIENCE);
            ends = offsets;
        }
        Map<TopicPartition, Long> now = offsets.of(List.copyOf(progress.keySet()));
        boolean anew = restarted.getAndSet(false);
        for (Map.Entry<TopicPartition, PartitionProgress> entry : progress.entrySet()) {
            PartitionProgress partition = entry.getValue();
            OptionalLong next = positions == null ? OptionalLong.empty() : positions.next(entry.getKey());
            partition.look(next, now.getOrDefault(entry.getKey(), 0L), clock.millis());
            movedAt = partition.moved() ? clock.millis() : movedAt;
            OptionalLong wanted = partition.wanted();
            if (wanted.isPresent()) {
                partition.found(offsets.ahead(entry.getKey(), wanted.getAsLong(), partition.end()), clock.millis());
            }
            if (anew) {
                partition.restarted(clock.millis());
            }
        }
    }

    private void publish(Optional<String> problem, long now) {
        Map<String, PartitionProgress.Lag> lags = new TreeMap<>();
        List<Position> positions = new ArrayList<>();
        Map<String, Long> stuck = new HashMap<>();
        progress.forEach((partition, seen) -> {
            PartitionProgress.Lag lag = seen.lag(now);
            lags.merge(
                    partition.topic(),
                    lag,
                    (a, b) -> new PartitionProgress.Lag(a.records() + b.records(), Math.max(a.millis(), b.millis())));
            positions.add(new Position(
                    peer.site() + "." + partition.topic(), partition.partition(), seen.position(), seen.end()));
            if (seen.stuckMillis(now) > file.stallAfter().toMillis() && !waitsItsTurn(now)) {
                stuck.put(partition.toString(), seen.stuckMillis(now) / 1000);
            }
        });
        state = new State(
                problem,
                lags,
                positions,
                age,
                stuck.isEmpty()
                        ? Optional.empty()
                        : Optional.of("stands still: nothing came of " + new TreeMap<>(stuck)
                                + " (seconds), though the peer has records there and answers"));
    }

    /** On a link of limited bandwidth, partitions come one after the other: one stands while others move. */
    private boolean waitsItsTurn(long now) {
        return peer.maxBandwidth().isPresent()
                && now - movedAt <= file.stallAfter().toMillis();
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private void closeClients() {
        if (mirrored != null) {
            mirrored.close();
        }
        if (heartbeat != null) {
            heartbeat.close();
        }
        if (ends != null) {
            ends.close();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
