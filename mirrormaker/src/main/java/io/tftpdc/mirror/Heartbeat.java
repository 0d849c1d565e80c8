package io.tftpdc.mirror;

import io.tftpdc.event.SiteName;
import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The age of the newest report of a peer's nodes as it is here. Every node of a site reports every few seconds, so their
 * reports are a probe of the whole link: written there, pulled by MirrorMaker, committed here. What ages is counted with
 * this machine's clock from the report's arrival; only at the start is the report's own time taken. One thread.
 */
final class Heartbeat implements AutoCloseable {
    private final Admin admin;
    private final TopicPartition partition;
    private boolean exists;
    private long newest = Long.MIN_VALUE;
    private long arrivedMillis = -1;

    /** @param kafka what every client of this site's Kafka needs */
    Heartbeat(SiteName peer, Map<String, Object> kafka, Duration patience) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", "mirror-heartbeat-" + peer);
        settings.put("request.timeout.ms", (int) patience.toMillis());
        settings.put("default.api.timeout.ms", (int) patience.toMillis());
        admin = Admin.create(settings);
        partition = new TopicPartition(Topics.NODE_EVENTS.mirroredFrom(peer).name(), 0);
    }

    /**
     * Looks for a new report.
     *
     * @return milliseconds since the newest one came; empty when none ever did
     * @throws KafkaException when this site's Kafka does not answer
     */
    OptionalLong age(long nowMillis) {
        try {
            if (!exists) {
                exists = admin.listTopics().names().get().contains(partition.topic());
                if (!exists) {
                    return OptionalLong.empty();
                }
            }
            ListOffsetsResultInfo info = admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                    .partitionResult(partition)
                    .get();
            if (info.timestamp() >= 0 && info.timestamp() != newest) {
                boolean first = newest == Long.MIN_VALUE;
                newest = info.timestamp();
                arrivedMillis = first ? Math.min(nowMillis, newest) : nowMillis;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        } catch (ExecutionException e) {
            exists = false;
            throw new KafkaException(e.getCause());
        }
        return arrivedMillis < 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(0, nowMillis - arrivedMillis));
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
