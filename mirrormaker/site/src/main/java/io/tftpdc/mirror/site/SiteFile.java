package io.tftpdc.mirror.site;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tftpdc.event.SiteName;
import io.tftpdc.runtime.Defaults;
import io.tftpdc.runtime.KafkaClientSettings;
import io.tftpdc.runtime.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of one site's mirror.
 *
 * @param site name of this site, which peers see in front of its topics; never changed once records were mirrored
 * @param node name of this process in its site, a tag of every meter
 * @param kafka this site's Kafka, the only one that is written to
 * @param registryUrl this site's schema registry, for reports of how far the mirror is; without it there are none, and
 *     metrics only
 * @param peers the sites to pull from
 * @param replicationFactor copies of each topic that is created here; -1 takes the broker's default
 * @param tasks how many consumers share the partitions of one peer
 * @param exactlyOnce whether records that were in flight when the process died are kept from coming twice; readers
 *     tolerate it, but it is cheap
 * @param compression of what is written here: {@code none}, {@code lz4} or {@code zstd}
 * @param stallAfter a flow that has not moved for so long, though the peer has records for it, is replaced
 * @param reportInterval how often the mirror reports, where {@code registry-url} is given
 * @param ops where health and metrics are served
 */
public record SiteFile(
        @JsonProperty(required = true) String site,
        String node,
        Kafka kafka,
        Optional<URI> registryUrl,
        @JsonProperty(required = true) List<Peer> peers,
        Integer replicationFactor,
        Integer tasks,
        Boolean exactlyOnce,
        String compression,
        Duration stallAfter,
        Duration reportInterval,
        Ops ops) {

    private static final List<String> COMPRESSIONS = List.of("none", "lz4", "zstd");

    public SiteFile {
        checkName("site", site);
        node = Defaults.or(node, "mirror-1");
        registryUrl = Defaults.or(registryUrl, Optional.empty());
        peers = List.copyOf(peers);
        replicationFactor = Defaults.or(replicationFactor, -1);
        tasks = Defaults.or(tasks, 2);
        exactlyOnce = Defaults.or(exactlyOnce, true);
        compression = Defaults.or(compression, "zstd");
        stallAfter = Defaults.or(stallAfter, Duration.ofSeconds(60));
        reportInterval = Defaults.or(reportInterval, Duration.ofSeconds(5));
        if (peers.isEmpty()) {
            throw new IllegalArgumentException(
                    "`peers` is empty; expected at least one site to pull from. A site without peers needs no mirror");
        }
        Set<String> names = new HashSet<>(Set.of(site));
        for (Peer peer : peers) {
            if (!names.add(peer.site())) {
                throw new IllegalArgumentException("`peers` names the site " + peer.site()
                        + (peer.site().equals(site) ? ", which is this one" : " twice")
                        + "; expected each other site once");
            }
        }
        if (replicationFactor != -1 && replicationFactor < 1) {
            throw new IllegalArgumentException("`replication-factor` is " + replicationFactor
                    + "; expected a number of copies from 1, or -1 for the broker's default");
        }
        if (tasks < 1) {
            throw new IllegalArgumentException("`tasks` is " + tasks + "; expected 1 or more");
        }
        if (!COMPRESSIONS.contains(compression)) {
            throw new IllegalArgumentException(
                    "`compression` is " + compression + "; expected one of " + String.join(", ", COMPRESSIONS));
        }
        if (stallAfter.toMillis() < 5_000) {
            throw new IllegalArgumentException("`stall-after` is " + stallAfter
                    + "; expected at least 5s, since a flow needs some seconds to begin: 60s is usual");
        }
        if (reportInterval.toMillis() < 100) {
            throw new IllegalArgumentException(
                    "`report-interval` is " + reportInterval + "; expected at least 100ms, such as 5s");
        }
    }

    /** The same site with one of its peers: each link is run by itself. */
    public SiteFile withOnly(Peer peer) {
        return new SiteFile(
                site,
                node,
                kafka,
                registryUrl,
                List.of(peer),
                replicationFactor,
                tasks,
                exactlyOnce,
                compression,
                stallAfter,
                reportInterval,
                ops);
    }

    /** The name as the model has it. */
    public SiteName siteName() {
        return new SiteName(site);
    }

    /**
     * How to reach this site's Kafka.
     *
     * @param bootstrapServers one or more {@code host:port}, separated by commas
     * @param properties further client settings as Kafka spells them, for TLS and authentication
     */
    public record Kafka(@JsonProperty(required = true) String bootstrapServers, Map<String, Secret> properties) {
        public Kafka {
            properties = Map.copyOf(Defaults.or(properties, Map.of()));
        }

        /** What every Kafka client needs. */
        public Map<String, Object> clientSettings() {
            return KafkaClientSettings.of(bootstrapServers, properties);
        }
    }

    /**
     * Another site.
     *
     * @param site its name, as its own file says it
     * @param bootstrapServers one or more {@code host:port} of its Kafka, separated by commas
     * @param properties further client settings as Kafka spells them, for TLS and authentication
     * @param maxBandwidth most that is pulled from there, such as {@code 10MiB/s}; without it, whatever the link takes
     */
    public record Peer(
            @JsonProperty(required = true) String site,
            @JsonProperty(required = true) String bootstrapServers,
            Map<String, Secret> properties,
            Optional<Bandwidth> maxBandwidth) {
        public Peer {
            checkName("site", site);
            properties = Map.copyOf(Defaults.or(properties, Map.of()));
            maxBandwidth = Defaults.or(maxBandwidth, Optional.empty());
        }

        /** What every Kafka client needs. */
        public Map<String, Object> clientSettings() {
            return KafkaClientSettings.of(bootstrapServers, properties);
        }

        /** The name as the model has it. */
        public SiteName siteName() {
            return new SiteName(site);
        }
    }

    /**
     * Where health and metrics are served.
     *
     * @param host address to listen on; the default is reachable from this machine only, {@code 0.0.0.0} is everywhere
     * @param port port to listen on, 0 for a free one
     */
    public record Ops(String host, Integer port) {
        public Ops {
            host = Defaults.or(host, "127.0.0.1");
            port = Defaults.or(port, 8083);
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("`port` is " + port + "; expected 0 to 65535");
            }
        }
    }

    private static void checkName(String key, String name) {
        try {
            new SiteName(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("`" + key + "`: " + e.getMessage(), e);
        }
    }
}
