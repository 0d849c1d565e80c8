package io.tftpdc.mirror;

import io.tftpdc.mirror.site.Bandwidth;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.runtime.Secret;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.mirror.DefaultReplicationPolicy;

/**
 * What MirrorMaker is told, from what a site says of itself. Pure.
 *
 * <p>Three decisions keep a mesh of sites free of loops: each site only pulls, into its own Kafka; the peer's name is put
 * in front of the topic; and exactly the topics that {@link Topics} declares as mirrored are pulled, by their whole
 * name, so that what was mirrored here is never taken further.
 */
final class MirrorSettings {

    /**
     * Far above any record of ours. A record that the producer refuses would stop its flow for good, so the topic's own
     * limit must be the one that decides.
     */
    private static final int MAX_RECORD_BYTES = 16 * 1024 * 1024;

    private static final int FETCH_BYTES = 4 * 1024 * 1024;
    private static final int REFRESH_SECONDS = 5;

    /** What MirrorMaker reads and writes with. */
    private static final List<String> CLIENTS = List.of("consumer", "producer", "admin");

    /** A limited link is asked for no more at a time than it carries in about this long. */
    private static final int FETCH_SECONDS = 1;

    private static final int LEAST_FETCH_BYTES = 1024 * 1024;

    private MirrorSettings() {}

    /** As {@code connect-mirror-maker.properties} would have them. */
    static Map<String, String> of(SiteFile file) {
        Map<String, String> s = new TreeMap<>();
        List<String> sites = new ArrayList<>(List.of(file.site()));
        file.peers().forEach(peer -> sites.add(peer.site()));
        s.put("clusters", String.join(",", sites));
        cluster(s, file.site(), file.kafka().bootstrapServers(), file.kafka().properties());
        for (SiteFile.Peer peer : file.peers()) {
            cluster(s, peer.site(), peer.bootstrapServers(), peer.properties());
            s.put(peer.site() + "->" + file.site() + ".enabled", "true");
            s.put(file.site() + "->" + peer.site() + ".enabled", "false");
            // Publishing at the peer is transactional; what it took back must not arrive here.
            s.put(peer.site() + ".consumer.isolation.level", "read_committed");
            s.put(peer.site() + ".consumer.max.partition.fetch.bytes", String.valueOf(FETCH_BYTES));
            peer.maxBandwidth().ifPresent(limit -> pace(s, file, peer, limit));
        }
        flows(s, file);
        worker(s, file);
        return s;
    }

    /** The topics that exist here for what comes from the peers. */
    static List<Topic<?, ?>> mirroredTopics(SiteFile file) {
        return file.peers().stream()
                .<Topic<?, ?>>flatMap(peer ->
                        Topics.all().stream().filter(Topic::mirrored).map(topic -> topic.mirroredFrom(peer.siteName())))
                .toList();
    }

    private static void pace(Map<String, String> s, SiteFile file, SiteFile.Peer peer, Bandwidth limit) {
        String consumer = peer.site() + ".consumer.";
        long fetch = Math.max(LEAST_FETCH_BYTES, limit.bytesPerSecond() * FETCH_SECONDS / file.tasks());
        String bytes = String.valueOf(Math.min(fetch, FETCH_BYTES));
        s.put(consumer + "fetch.max.bytes", bytes);
        s.put(consumer + "max.partition.fetch.bytes", bytes);
        s.put(consumer + "interceptor.classes", LinkPace.class.getName());
        s.put(consumer + LinkPace.LINK, peer.site() + "->" + file.site());
        s.put(consumer + LinkPace.RATE, String.valueOf(limit.bytesPerSecond()));
    }

    private static void cluster(
            Map<String, String> s, String site, String bootstrapServers, Map<String, Secret> properties) {
        s.put(site + ".bootstrap.servers", bootstrapServers);
        properties.forEach((name, value) -> {
            s.put(site + "." + name, value.reveal());
            // MirrorMaker hands its own choice of these to the clients; so each client is given all of them.
            CLIENTS.forEach(client -> s.put(site + "." + client + "." + name, value.reveal()));
        });
    }

    private static void flows(Map<String, String> s, SiteFile file) {
        s.put(
                "topics",
                Topics.all().stream()
                        .filter(Topic::mirrored)
                        .map(topic -> topic.name().replace(".", "\\."))
                        .collect(Collectors.joining(",")));
        s.put("replication.policy.class", DefaultReplicationPolicy.class.getName());
        s.put("replication.policy.separator", ".");
        s.put("replication.factor", String.valueOf(file.replicationFactor()));
        s.put("tasks.max", String.valueOf(file.tasks()));
        s.put("refresh.topics.interval.seconds", String.valueOf(REFRESH_SECONDS));
        s.put("sync.topic.configs.interval.seconds", String.valueOf(REFRESH_SECONDS));
        // Nothing is written to a peer, and nobody moves consumer groups between sites.
        s.put("offset-syncs.topic.location", "target");
        s.put("offset-syncs.topic.replication.factor", String.valueOf(file.replicationFactor()));
        s.put("emit.heartbeats.enabled", "false");
        s.put("heartbeats.replication.enabled", "false");
        s.put("heartbeats.topic.replication.factor", String.valueOf(file.replicationFactor()));
        // Checkpoints cannot be switched off without an error in the log; without groups there are none to write.
        s.put("groups.exclude", ".*");
        s.put("checkpoints.topic.replication.factor", String.valueOf(file.replicationFactor()));
        s.put("refresh.groups.enabled", "false");
        s.put("sync.group.offsets.enabled", "false");
        s.put("sync.topic.acls.enabled", "false");
        // The older names lose their figures when a task is set up anew; Kafka 5 has only these.
        s.put("metric.names.formats", "new");
    }

    private static void worker(Map<String, String> s, SiteFile file) {
        String target = file.site() + ".";
        s.put(target + "producer.max.request.size", String.valueOf(MAX_RECORD_BYTES));
        s.put(target + "producer.compression.type", file.compression());
        // Without transactions, positions are written so often, and not once a minute.
        s.put(target + "offset.flush.interval.ms", "5000");
        s.put(target + "exactly.once.source.support", file.exactlyOnce() ? "enabled" : "disabled");
        // With the default of five minutes tasks stay unassigned after an outage of the target, and say RUNNING.
        s.put(target + "scheduled.rebalance.max.delay.ms", "0");
        for (String store : List.of("config", "offset", "status")) {
            s.put(store + ".storage.replication.factor", String.valueOf(file.replicationFactor()));
        }
        // Instead of looking through every class of the class path: starts in 1.5 s, not 10, in less than half the
        // memory.
        s.put("plugin.discovery", "service_load");
        s.put(target + "plugin.discovery", "service_load");
        file.peers().forEach(peer -> s.put(peer.site() + ".plugin.discovery", "service_load"));
    }
}
