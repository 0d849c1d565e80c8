package io.tftpdc.streams;

import io.tftpdc.client.PresentTopics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far an application is from what its topics held when it started. The ends are looked up once, so that a busy site
 * becomes ready; the group's committed offsets say how far it is. What was in a topic that is deleted since, be there
 * another one of its name or not, nobody will ever read, and nobody waits for it. Used by one thread.
 */
final class StartupLag implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StartupLag.class);
    private static final int TIMEOUT_SECONDS = 5;
    private static final Duration ANSWER = Duration.ofSeconds(TIMEOUT_SECONDS);

    private final Admin admin;
    private final String group;
    private final SettledOffsets settled;
    /** Where the group has still to come to. */
    private final Map<TopicPartition, Long> ends;
    /** Which topics these are ends of. */
    private final Map<String, Uuid> topicIds;

    private StartupLag(
            Admin admin,
            SettledOffsets settled,
            String group,
            Map<TopicPartition, Long> ends,
            Map<String, Uuid> topicIds) {
        this.admin = admin;
        this.settled = settled;
        this.group = group;
        this.ends = ends;
        this.topicIds = topicIds;
    }

    /**
     * Looks up where the topics end now.
     *
     * @param kafka what every client of the cluster needs
     */
    static StartupLag measure(Admin admin, Map<String, Object> kafka, String group, Pattern sources)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> topics = admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS).stream()
                .filter(topic -> sources.matcher(topic).matches())
                .toList();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        Map<String, Uuid> topicIds = new HashMap<>();
        for (TopicDescription topic :
                PresentTopics.describe(admin, topics, ANSWER).values()) {
            topicIds.put(topic.name(), topic.topicId());
            topic.partitions().forEach(partition -> {
                TopicPartition place = new TopicPartition(topic.name(), partition.partition());
                latest.put(place, OffsetSpec.latest());
                earliest.put(place, OffsetSpec.earliest());
            });
        }
        // Streams never reads beyond the first open transaction, so neither is it waited for.
        Map<TopicPartition, Long> ends = offsets(admin, latest);
        Map<TopicPartition, Long> starts = offsets(admin, earliest);
        ends.entrySet().removeIf(end -> end.getValue().equals(starts.get(end.getKey())));
        return new StartupLag(admin, new SettledOffsets(kafka, group + "-lag"), group, ends, topicIds);
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, Map<TopicPartition, OffsetSpec> specs)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> found : admin.listOffsets(
                        specs, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .entrySet()) {
            offsets.put(found.getKey(), found.getValue().offset());
        }
        return offsets;
    }

    /**
     * Records before those ends that are not processed yet.
     *
     * @throws KafkaException when Kafka does not answer a probe, or this thread was interrupted
     */
    long remaining() throws ExecutionException, InterruptedException, TimeoutException {
        forgetWhatIsNoMore();
        if (ends.isEmpty()) {
            return 0;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        settled.beginLook();
        ends.entrySet()
                .removeIf(end ->
                        settled.of(end.getKey(), offset(committed, end.getKey()), end.getValue()) >= end.getValue());
        return ends.entrySet().stream()
                .mapToLong(end -> end.getValue() - offset(committed, end.getKey()))
                .sum();
    }

    private void forgetWhatIsNoMore() throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> left = new HashSet<>();
        ends.keySet().forEach(partition -> left.add(partition.topic()));
        for (TopicDescription topic :
                PresentTopics.describe(admin, List.copyOf(left), ANSWER).values()) {
            if (topic.topicId().equals(topicIds.get(topic.name()))) {
                left.remove(topic.name());
            }
        }
        if (ends.keySet().removeIf(partition -> left.contains(partition.topic()))) {
            LOG.atWarn()
                    .addKeyValue("group", group)
                    .addKeyValue("topics", left)
                    .log("Topics were deleted that were there at start; what they held is not waited for");
        }
    }

    private static long offset(Map<TopicPartition, OffsetAndMetadata> committed, TopicPartition partition) {
        OffsetAndMetadata position = committed.get(partition);
        return position == null ? 0 : position.offset();
    }

    @Override
    public void close() {
        settled.close();
    }
}
