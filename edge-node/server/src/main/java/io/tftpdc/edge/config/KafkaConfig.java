package io.tftpdc.edge.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tftpdc.edge.index.KafkaCluster;
import io.tftpdc.event.SiteName;
import io.tftpdc.runtime.Defaults;
import io.tftpdc.runtime.KafkaClientSettings;
import io.tftpdc.runtime.Secret;
import io.tftpdc.wire.SchemaIds;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The site's cluster, and those of peers that may stand in for it.
 *
 * @param bootstrapServers one or more {@code host:port}, separated by commas
 * @param properties further client settings as Kafka spells them, for TLS and authentication
 * @param fallbacks peers' clusters that the node follows while its own is away, the best first; without any it waits
 *     for its own and serves what it has
 * @param failoverAfter how long the followed cluster must be away before another is followed
 * @param failbackAfter how long the own cluster must have answered without a break before it is followed again
 */
public record KafkaConfig(
        @JsonProperty(required = true) String bootstrapServers,
        Map<String, Secret> properties,
        List<Fallback> fallbacks,
        Duration failoverAfter,
        Duration failbackAfter) {
    public KafkaConfig {
        properties = Map.copyOf(Defaults.or(properties, Map.of()));
        fallbacks = List.copyOf(Defaults.or(fallbacks, List.of()));
        failoverAfter = Defaults.or(failoverAfter, Duration.ofSeconds(30));
        failbackAfter = Defaults.or(failbackAfter, Duration.ofSeconds(60));
        require(
                failoverAfter.toMillis() >= 1_000,
                "`failover-after` is " + failoverAfter + "; expected at least 1s, such as 30s");
        require(
                failbackAfter.toMillis() >= 1_000,
                "`failback-after` is " + failbackAfter + "; expected at least 1s, such as 60s");
    }

    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    static KafkaConfig of(String bootstrapServers) {
        return new KafkaConfig(bootstrapServers, null, null, null, null);
    }

    /** The name of a site is text in the file, so this cannot be told before all of it is read. */
    void requirePeersOf(String site) {
        Set<String> seen = new HashSet<>(Set.of(site));
        for (Fallback fallback : fallbacks) {
            require(
                    seen.add(fallback.site()),
                    "`kafka.fallbacks` names " + fallback.site() + ", which is "
                            + (fallback.site().equals(site) ? "this site" : "there twice")
                            + "; expected other sites, each once");
        }
    }

    /** The settings that every Kafka client of the process shares. */
    public Map<String, Object> clientSettings() {
        return KafkaClientSettings.of(bootstrapServers, properties);
    }

    /**
     * @param site whose cluster it is
     * @param bootstrapServers one or more {@code host:port}, separated by commas
     * @param registryUrl that site's schema registry; without it, the own one is asked, which must give a schema the same
     *     id then, as those of this product do
     * @param properties further client settings, as for the own cluster
     */
    public record Fallback(
            @JsonProperty(required = true) String site,
            @JsonProperty(required = true) String bootstrapServers,
            Optional<URI> registryUrl,
            Map<String, Secret> properties) {
        public Fallback {
            registryUrl = Defaults.or(registryUrl, Optional.empty());
            properties = Map.copyOf(Defaults.or(properties, Map.of()));
            if (site != null) {
                SiteName checked = new SiteName(site);
                site = checked.value();
            }
        }

        /** @param ids of its schemas */
        public KafkaCluster cluster(SchemaIds ids) {
            return new KafkaCluster(
                    Optional.of(new SiteName(site)), KafkaClientSettings.of(bootstrapServers, properties), ids);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
