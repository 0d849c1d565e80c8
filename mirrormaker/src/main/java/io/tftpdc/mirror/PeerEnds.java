package io.tftpdc.mirror;

import io.tftpdc.topic.Answers;
import io.tftpdc.topic.RecordProbe;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** What a peer's partitions hold: where they end, and whether there is a record from an offset on. One thread. */
final class PeerEnds implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final Admin admin;
    private final RecordProbe probe;

    /** @param kafka what every client of the peer's Kafka needs */
    PeerEnds(String peer, Map<String, Object> kafka, Duration patience) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", "mirror-lag-" + peer);
        settings.put("request.timeout.ms", (int) patience.toMillis());
        settings.put("default.api.timeout.ms", (int) patience.toMillis());
        admin = Admin.create(settings);
        try {
            probe = new RecordProbe(kafka, "mirror-lag-" + peer, patience);
        } catch (RuntimeException e) {
            admin.close(CLOSE);
            throw e;
        }
    }

    /**
     * The ends of those that are there: what is behind them is not committed yet.
     *
     * @throws KafkaException when the peer does not answer
     */
    Map<TopicPartition, Long> of(List<TopicPartition> partitions) {
        Set<String> there = Answers.of(admin.listTopics().names());
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.stream()
                .filter(partition -> there.contains(partition.topic()))
                .forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        if (!wanted.isEmpty()) {
            Map<TopicPartition, ListOffsetsResultInfo> answers =
                    Answers.of(admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                            .all());
            answers.forEach((partition, info) -> ends.put(partition, info.offset()));
        }
        return ends;
    }

    /** See {@link RecordProbe#ahead}. */
    RecordProbe.Ahead ahead(TopicPartition partition, long from, long end) {
        return probe.ahead(partition, from, end);
    }

    @Override
    public void close() {
        admin.close(CLOSE);
        probe.close();
    }
}
