package io.tftpdc.event;

import java.util.List;
import java.util.Map;

/**
 * What a node says of itself, every few seconds and when it stops.
 *
 * @param site of the node
 * @param node its name within the site
 * @param version of the program
 * @param state {@code STARTING}, {@code READY}, {@code STALE}, {@code REFUSING} (too stale to serve) or {@code STOPPED}
 * @param startedAtMillis wall clock
 * @param reportedAtMillis wall clock
 * @param activeTransfers right now
 * @param indexEntries files in its index, removed ones included
 * @param contentBytes of content on its disk
 * @param stalenessMillis since it last knew that it had all that Kafka has
 * @param digests convergence digest (hexadecimal) of each tenant
 * @param positions how far it has read
 * @param role what kind of node it is: {@code edge}, {@code streams}, {@code mirror} or {@code admin}
 * @param addresses where clients reach it, {@code host:port} by protocol: {@code tftp}, {@code http}
 * @param cluster the site whose Kafka it follows at the moment, its own unless that one is away
 * @param capacity transfers that it takes at once, 0 when there is no such number
 * @param configuration digest of the settings by which it works, as {@link io.tftpdc.index.ConfigState#digest} makes it;
 *     empty when it heeds none
 * @param configurationProblem why it does not work by the latest settings; empty when it does
 */
public record NodeReported(
        SiteName site,
        String node,
        String version,
        String state,
        long startedAtMillis,
        long reportedAtMillis,
        int activeTransfers,
        long indexEntries,
        long contentBytes,
        long stalenessMillis,
        Map<String, String> digests,
        List<Position> positions,
        String role,
        Map<String, String> addresses,
        SiteName cluster,
        int capacity,
        String configuration,
        String configurationProblem) {

    public NodeReported {
        digests = Map.copyOf(digests);
        positions = List.copyOf(positions);
        addresses = Map.copyOf(addresses);
    }

    /** Of a node that heeds no settings. */
    public NodeReported(
            SiteName site,
            String node,
            String version,
            String state,
            long startedAtMillis,
            long reportedAtMillis,
            int activeTransfers,
            long indexEntries,
            long contentBytes,
            long stalenessMillis,
            Map<String, String> digests,
            List<Position> positions,
            String role,
            Map<String, String> addresses,
            SiteName cluster,
            int capacity) {
        this(
                site,
                node,
                version,
                state,
                startedAtMillis,
                reportedAtMillis,
                activeTransfers,
                indexEntries,
                contentBytes,
                stalenessMillis,
                digests,
                positions,
                role,
                addresses,
                cluster,
                capacity,
                "",
                "");
    }

    /**
     * @param position offset of the next record to read
     * @param endOffset of the partition when last looked at
     */
    public record Position(String topic, int partition, long position, long endOffset) {}
}
