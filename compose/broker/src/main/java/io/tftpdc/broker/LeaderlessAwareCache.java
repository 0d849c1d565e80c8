package io.tftpdc.broker;

import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.server.common.KRaftVersion;

/**
 * Tells a partition that has no leader at the moment from one that does not exist, which Kafka 4.3.1 does not
 * (KAFKA-20734): it gives the same empty answer for both.
 *
 * <p>Who believes that answer is the transaction coordinator. It writes the end of a transaction as a marker to each
 * partition of it; for a partition without an answer it takes the topic for deleted, writes no marker, and calls the
 * transaction complete. The records stay in an open transaction that nobody will ever end: readers of committed records
 * never get past them, and the committed offsets of a consumer group stay pending, over restarts too. On one node every
 * partition is without a leader for a moment whenever it starts after a kill, just while the coordinator finishes what
 * it had prepared before.
 *
 * <p>With {@link Node#noNode()} the coordinator keeps the marker and tries again, as its own comments intend.
 */
final class LeaderlessAwareCache extends KRaftMetadataCache {

    LeaderlessAwareCache(int nodeId, Supplier<KRaftVersion> version) {
        super(nodeId, version);
    }

    @Override
    public Optional<Node> getPartitionLeaderEndpoint(String topic, int partition, ListenerName listener) {
        Optional<Node> leader = super.getPartitionLeaderEndpoint(topic, partition, listener);
        return leader.isEmpty() && contains(new TopicPartition(topic, partition)) ? Optional.of(Node.noNode()) : leader;
    }
}
