package io.tftpdc.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerEndpoint;
import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerEndpointCollection;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.metadata.LeaderRecoveryState;
import org.apache.kafka.server.common.KRaftVersion;
import org.junit.jupiter.api.Test;

class LeaderlessAwareCacheTest {
    private static final ListenerName CLIENTS = new ListenerName("CLIENTS");
    private static final Uuid TOPIC = Uuid.randomUuid();

    private final LeaderlessAwareCache cache = new LeaderlessAwareCache(1, () -> KRaftVersion.KRAFT_VERSION_0);

    @Test
    void aPartitionWithALeaderHasItsAddress() {
        know(1);

        assertThat(cache.getPartitionLeaderEndpoint("facts", 0, CLIENTS))
                .hasValueSatisfying(node -> assertThat(node.port()).isEqualTo(9092));
    }

    @Test
    void aPartitionWithoutALeaderIsKnownAllTheSame() {
        know(-1);

        assertThat(cache.getPartitionLeaderEndpoint("facts", 0, CLIENTS)).contains(Node.noNode());
    }

    @Test
    void whatDoesNotExistHasNoAnswer() {
        know(1);

        assertThat(cache.getPartitionLeaderEndpoint("facts", 1, CLIENTS)).isEmpty();
        assertThat(cache.getPartitionLeaderEndpoint("removed", 0, CLIENTS)).isEmpty();
    }

    private void know(int leader) {
        MetadataDelta delta =
                new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();
        BrokerEndpointCollection endpoints = new BrokerEndpointCollection();
        endpoints.add(new BrokerEndpoint()
                .setName(CLIENTS.value())
                .setHost("127.0.0.1")
                .setPort(9092)
                .setSecurityProtocol((short) 0));
        delta.replay(new RegisterBrokerRecord().setBrokerId(1).setFenced(false).setEndPoints(endpoints));
        delta.replay(new TopicRecord().setName("facts").setTopicId(TOPIC));
        delta.replay(new PartitionRecord()
                .setTopicId(TOPIC)
                .setPartitionId(0)
                .setReplicas(List.of(1))
                .setIsr(List.of(1))
                .setLeader(leader)
                .setLeaderRecoveryState(LeaderRecoveryState.RECOVERED.value()));
        cache.setImage(delta.apply(new MetadataProvenance(1, 1, 1, true)));
    }
}
