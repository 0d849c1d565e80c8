package io.tftpdc.streams;

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
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * How far an application is from what its topics held when it started. The ends are looked up once, so that a busy site
 * becomes ready; the group's committed offsets say how far it is. Used by one thread.
 */
final class StartupLag {
    private static final int TIMEOUT_SECONDS = 5;

    private final Admin admin;
    private final String group;
    private final Map<TopicPartition, Long> ends;

    private StartupLag(Admin admin, String group, Map<TopicPartition, Long> ends) {
        this.admin = admin;
        this.group = group;
        this.ends = ends;
    }

    /** Looks up where the topics end now. */
    static StartupLag measure(Admin admin, String group, Pattern sources)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> topics = admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS).stream()
                .filter(topic -> sources.matcher(topic).matches())
                .toList();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        for (TopicDescription topic : admin.describeTopics(topics)
                .allTopicNames()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .values()) {
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
        return new StartupLag(admin, group, ends);
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

    /** Records before those ends that are not processed yet. */
    long remaining() throws ExecutionException, InterruptedException, TimeoutException {
        if (ends.isEmpty()) {
            return 0;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        long remaining = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            OffsetAndMetadata position = committed.get(end.getKey());
            remaining += Math.max(0, end.getValue() - (position == null ? 0 : position.offset()));
        }
        return remaining;
    }
}
