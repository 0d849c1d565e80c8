package io.tftpdc.client;

import java.util.Map;
import java.util.Objects;

/**
 * A node as it last reported itself.
 *
 * @param role {@code edge}, {@code streams}, {@code admin}, {@code mirror}
 * @param cluster the site whose Kafka it follows, mostly its own
 * @param reportedAt wall clock of the node, RFC 3339
 * @param stalenessMillis since it last knew that it had all that Kafka has
 * @param behindEvents records that it has yet to read
 * @param digests convergence digest of each tenant
 * @param addresses {@code host:port} by protocol, where it is reached
 * @param configuration digest of the settings by which it works; empty when it heeds none
 * @param configurationProblem why it does not work by the latest settings; empty when it does
 */
public record NodeInfo(
        String site,
        String node,
        String role,
        String cluster,
        String version,
        String state,
        String startedAt,
        String reportedAt,
        int activeTransfers,
        long indexEntries,
        long contentBytes,
        long stalenessMillis,
        long behindEvents,
        int capacity,
        Map<String, String> digests,
        Map<String, String> addresses,
        String configuration,
        String configurationProblem) {
    /** An admin API from before there were settings says nothing of them. */
    public NodeInfo {
        configuration = Objects.requireNonNullElse(configuration, "");
        configurationProblem = Objects.requireNonNullElse(configurationProblem, "");
    }
}
