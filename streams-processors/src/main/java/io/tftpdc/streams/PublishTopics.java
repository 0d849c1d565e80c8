package io.tftpdc.streams;

import io.tftpdc.event.Tenant;
import io.tftpdc.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Which publish topics the intake reads. One with more partitions than the others would want more partitions of the
 * intake's own topics than these have, and Streams would stop the intake of all tenants; so it is left out. Fewer
 * partitions do no harm.
 *
 * @param pattern matches the topics to read, also those that are made later
 * @param misfits what is wrong with each that is left out, and what to do
 */
record PublishTopics(Pattern pattern, List<String> misfits) {
    private static final int TIMEOUT_SECONDS = 10;

    PublishTopics {
        misfits = List.copyOf(misfits);
    }

    /** Looks at what is there now. */
    static PublishTopics find(Admin admin) {
        try {
            List<String> names = admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(name -> Topics.PUBLISH_PATTERN.matcher(name).matches())
                    .toList();
            Map<String, Integer> partitions = new TreeMap<>();
            admin.describeTopics(names)
                    .allTopicNames()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .forEach((name, topic) ->
                            partitions.put(name, topic.partitions().size()));
            return of(partitions, Topics.publish(Tenant.DEFAULT).settings().partitions());
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("could not look at the publish topics; is Kafka healthy?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while looking at the publish topics", e);
        }
    }

    static PublishTopics of(Map<String, Integer> partitions, int expected) {
        List<String> left = new ArrayList<>();
        List<String> misfits = new ArrayList<>();
        partitions.forEach((name, count) -> {
            if (count > expected) {
                left.add(name);
                misfits.add("topic " + name + " has " + count + " partitions; expected at most " + expected
                        + ". It is not read. Delete it, make it anew with " + expected
                        + " partitions, publish its files again and restart");
            }
        });
        if (left.isEmpty()) {
            return new PublishTopics(Topics.PUBLISH_PATTERN, misfits);
        }
        String not = left.stream().map(Pattern::quote).collect(Collectors.joining("|", "(?!(?:", ")$)"));
        return new PublishTopics(Pattern.compile(not + Topics.PUBLISH_PATTERN.pattern()), misfits);
    }
}
