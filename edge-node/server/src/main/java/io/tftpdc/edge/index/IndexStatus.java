package io.tftpdc.edge.index;

import io.tftpdc.event.NodeReported;
import java.util.List;
import java.util.OptionalLong;

/**
 * How far the view has come.
 *
 * @param entries files, removed ones included
 * @param reachable whether Kafka answered last time
 * @param completeAsOfMillis wall clock at which the view is known to have held all that Kafka held; empty when never
 * @param stalenessMillis how long ago that was; empty when never
 * @param lag records that Kafka has and the view has not, when last looked at
 * @param undecodable records skipped because they could not be read
 * @param positions of every partition
 * @param problem what keeps it from following Kafka, or empty
 */
public record IndexStatus(
        long entries,
        boolean reachable,
        OptionalLong completeAsOfMillis,
        OptionalLong stalenessMillis,
        long lag,
        long undecodable,
        List<NodeReported.Position> positions,
        String problem) {

    public IndexStatus {
        positions = List.copyOf(positions);
    }

    /** Whether the view held everything at least once, in this run or an earlier one, and so can be trusted. */
    public boolean everComplete() {
        return completeAsOfMillis.isPresent();
    }
}
