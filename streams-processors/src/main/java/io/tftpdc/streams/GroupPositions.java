package io.tftpdc.streams;

import io.tftpdc.event.NodeReported;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** How far an application has read, and where that ends. */
final class GroupPositions {
    private static final int TIMEOUT_SECONDS = 5;

    private GroupPositions() {}

    /**
     * Of the partitions of which it has committed something.
     *
     * @throws KafkaException when Kafka does not answer a probe, or this thread was interrupted
     */
    static List<NodeReported.Position> of(Admin admin, String group, Pattern sources, SettledOffsets settled)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        committed.forEach((partition, offset) -> {
            if (offset != null && sources.matcher(partition.topic()).matches()) {
                latest.put(partition, OffsetSpec.latest());
            }
        });
        List<NodeReported.Position> positions = new ArrayList<>();
        settled.beginLook();
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end : admin.listOffsets(
                        latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .entrySet()) {
            OffsetAndMetadata position = committed.get(end.getKey());
            if (position != null) {
                positions.add(new NodeReported.Position(
                        end.getKey().topic(),
                        end.getKey().partition(),
                        settled.of(
                                end.getKey(), position.offset(), end.getValue().offset()),
                        end.getValue().offset()));
            }
        }
        positions.sort(
                Comparator.comparing(NodeReported.Position::topic).thenComparingInt(NodeReported.Position::partition));
        return positions;
    }
}
