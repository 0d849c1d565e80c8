package io.tftpdc.edge.index;

import io.tftpdc.event.SiteName;
import java.util.Map;
import java.util.Optional;

/**
 * A Kafka cluster that a node can follow.
 *
 * @param peer the site whose it is; empty for the node's own
 * @param settings {@code bootstrap.servers} and whatever else the cluster asks for; holds secrets in the clear
 */
public record KafkaCluster(Optional<SiteName> peer, Map<String, ?> settings) {
    public KafkaCluster {
        settings = Map.copyOf(settings);
    }

    /** That of the node's own site. */
    public static KafkaCluster own(Map<String, ?> settings) {
        return new KafkaCluster(Optional.empty(), settings);
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
