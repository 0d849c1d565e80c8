package io.tftpdc.edge.index;

import io.tftpdc.event.SiteName;
import io.tftpdc.wire.SchemaIds;
import java.util.Map;
import java.util.Optional;

/**
 * A Kafka cluster that a node can follow.
 *
 * @param peer the site whose it is; empty for the node's own
 * @param settings {@code bootstrap.servers} and whatever else the cluster asks for; holds secrets in the clear
 * @param ids of the schemas that its records are written with: another cluster may have a registry of its own
 */
public record KafkaCluster(Optional<SiteName> peer, Map<String, ?> settings, SchemaIds ids) {
    public KafkaCluster {
        settings = Map.copyOf(settings);
    }

    /** That of the node's own site. */
    public static KafkaCluster own(Map<String, ?> settings, SchemaIds ids) {
        return new KafkaCluster(Optional.empty(), settings, ids);
    }

    boolean isOwn() {
        return peer.isEmpty();
    }

    /** For logs: settings hold secrets. */
    @Override
    public String toString() {
        return peer.map(site -> "the cluster of " + site).orElse("the site's own cluster");
    }
}
