package io.tftpdc.mirror.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * How far a peer's partitions are mirrored, from the topic in which MirrorMaker remembers it ({@code
 * mm2-offsets.<peer>.internal}). With exactly-once each position is committed in one transaction with the records before
 * it, so what is read here is true at any moment, also after the process was killed; without, it is written every five
 * seconds.
 *
 * <p>Not for use by several threads at once.
 */
public final class MirroredPositions implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONNECTOR = "MirrorSourceConnector";
    private static final Duration POLL = Duration.ofMillis(200);

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private List<TopicPartition> assigned = List.of();
    private Uuid topicId = Uuid.ZERO_UUID;

    /** @param kafka what every client of this site's Kafka needs */
    public MirroredPositions(Map<String, Object> kafka, String peer) {
        topic = topicOf(peer);
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", "mirror-positions-" + peer);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("allow.auto.create.topics", false);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            Map<String, Object> asking = new HashMap<>(kafka);
            asking.put("client.id", "mirror-positions-" + peer);
            admin = Admin.create(asking);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** Where MirrorMaker remembers how far it has read a peer. */
    public static String topicOf(String peer) {
        return "mm2-offsets." + peer + ".internal";
    }

    /** Reads on to the end, as it is now; false when there is no such topic, since nothing was ever mirrored. */
    public boolean refresh(Duration patience) {
        TopicDescription described = describe(patience);
        if (described == null) {
            next.clear();
            return false;
        }
        if (!topicId.equals(described.topicId())
                || assigned.size() != described.partitions().size()) {
            // Another topic of the same name: what the former one said of its offsets means nothing any more, however
            // long this one is.
            topicId = described.topicId();
            next.clear();
            assigned = described.partitions().stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(List.of());
            consumer.assign(assigned);
            consumer.seekToBeginning(assigned);
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(assigned, patience);
        long deadline = System.nanoTime() + patience.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), patience) < end.getValue())) {
            consumer.poll(POLL).forEach(this::take);
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        topic + " could not be read to its end within " + patience.toSeconds() + " s");
            }
        }
        return true;
    }

    private @Nullable TopicDescription describe(Duration patience) {
        try {
            return admin.describeTopics(
                            List.of(topic), new DescribeTopicsOptions().timeoutMs((int) patience.toMillis()))
                    .allTopicNames()
                    .get()
                    .get(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Offset at the peer of the next record to mirror; empty when none was mirrored from there. */
    public OptionalLong next(TopicPartition source) {
        Long offset = next.get(source);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        TopicPartition source = sourceOf(record.key());
        if (source == null) {
            return;
        }
        if (record.value() == null) {
            next.remove(source);
            return;
        }
        JsonNode offset = json(record.value()).path("offset");
        if (offset.isIntegralNumber()) {
            next.put(source, offset.asLong() + 1);
        }
    }

    /** A key is {@code ["MirrorSourceConnector",{"cluster":"dc2","partition":0,"topic":"tftp.file-events"}]}. */
    private static @Nullable TopicPartition sourceOf(byte @Nullable [] key) {
        JsonNode json = key == null ? JSON.nullNode() : json(key);
        if (!json.path(0).asText().equals(CONNECTOR)) {
            return null;
        }
        String topic = json.path(1).path("topic").asText();
        int partition = json.path(1).path("partition").asInt(-1);
        return topic.isEmpty() || partition < 0 ? null : new TopicPartition(topic, partition);
    }

    /** What is no JSON is none of ours. */
    private static JsonNode json(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            return JSON.nullNode();
        }
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(2)));
        admin.close(Duration.ofSeconds(2));
    }
}
