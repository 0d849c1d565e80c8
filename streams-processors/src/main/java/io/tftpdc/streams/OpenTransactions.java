package io.tftpdc.streams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Utils;

/**
 * Finds transactions that keep an application from starting: nobody reads beyond an open one, not even to restore a
 * store, and a group's offsets in one stay pending.
 */
final class OpenTransactions {
    /** Younger ones end by themselves. */
    static final Duration OLD = Duration.ofSeconds(5);

    private static final int TIMEOUT_SECONDS = 5;
    private static final int MOST_NAMED = 3;

    private OpenTransactions() {}

    /**
     * Says where transactions are open in what the application reads, in its own topics or in its group's offsets; empty
     * if nowhere.
     *
     * @param application the application id, which also is the group
     * @param sources matches the topics that it reads
     */
    static String describe(Admin admin, String application, Pattern sources)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> topics = admin
                .listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .stream()
                .filter(topic -> isOf(topic, application, sources))
                .toList();
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicDescription topic : admin.describeTopics(topics)
                .allTopicNames()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .values()) {
            if (topic.name().equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
                int ofGroup =
                        Utils.abs(application.hashCode()) % topic.partitions().size();
                partitions.add(new TopicPartition(topic.name(), ofGroup));
            } else {
                topic.partitions()
                        .forEach(partition -> partitions.add(new TopicPartition(topic.name(), partition.partition())));
            }
        }
        return describe(
                admin.describeProducers(partitions).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS),
                System.currentTimeMillis());
    }

    private static boolean isOf(String topic, String application, Pattern sources) {
        return sources.matcher(topic).matches()
                || topic.startsWith(application + "-")
                || topic.equals(Topic.GROUP_METADATA_TOPIC_NAME);
    }

    private static String describe(Map<TopicPartition, PartitionProducerState> states, long nowMillis) {
        List<String> found = new ArrayList<>();
        states.forEach((partition, state) -> {
            for (ProducerState producer : state.activeProducers()) {
                OptionalLong start = producer.currentTransactionStartOffset();
                long age = nowMillis - producer.lastTimestamp();
                if (start.isPresent() && age >= OLD.toMillis()) {
                    found.add("%s from offset %d on (producer %d, last wrote %d s ago)"
                            .formatted(partition, start.getAsLong(), producer.producerId(), age / 1000));
                }
            }
        });
        if (found.isEmpty()) {
            return "";
        }
        found.sort(null);
        String named = String.join(", ", found.subList(0, Math.min(MOST_NAMED, found.size())));
        String more = found.size() > MOST_NAMED ? " and " + (found.size() - MOST_NAMED) + " more" : "";
        return "it waits for the end of a transaction that is open in " + named + more
                + "; if that does not come, see kafka-transactions.sh find-hanging";
    }
}
