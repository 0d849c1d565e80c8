package io.tftpdc.mirror.site;

import io.tftpdc.topic.Answers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Which sites' nodes reported lately in a {@code tftp.node-events}: its keys are {@code site/node}, in plain text, so
 * neither a registry nor a schema is needed to learn whose cluster it is.
 *
 * @param sites that have reported in the last records
 * @param newestMillis timestamp of the newest record, by the clock of the node that wrote it
 */
record RecentKeys(Set<String> sites, Optional<Long> newestMillis) {
    private static final int RECORDS = 200;
    private static final Duration POLL = Duration.ofMillis(200);

    /**
     * Empty when nothing can be read there.
     *
     * @param except a key that does not count: what the mirror itself reports proves nothing of its file
     */
    static Optional<RecentKeys> in(ClusterLink cluster, String topic, String except, Duration patience) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(cluster)) {
            long newest = Answers.of(cluster.admin()
                            .listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                            .partitionResult(partition))
                    .timestamp();
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition), patience).getOrDefault(partition, 0L);
            long from = Math.max(
                    end - RECORDS,
                    consumer.beginningOffsets(List.of(partition), patience).getOrDefault(partition, 0L));
            consumer.seek(partition, from);
            Set<String> sites = new TreeSet<>();
            long deadline = System.nanoTime() + patience.toNanos();
            while (consumer.position(partition, patience) < end && System.nanoTime() < deadline) {
                consumer.poll(POLL)
                        .forEach(record -> siteIn(record.key(), except).ifPresent(sites::add));
            }
            return Optional.of(new RecentKeys(sites, newest < 0 ? Optional.empty() : Optional.of(newest)));
        } catch (KafkaException e) {
            return Optional.empty();
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(ClusterLink cluster) {
        Map<String, Object> settings = new HashMap<>(cluster.settings());
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", false);
        settings.put("allow.auto.create.topics", false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Optional<String> siteIn(byte @Nullable [] key, String except) {
        String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        int slash = text.indexOf('/');
        return slash > 0 && !text.equals(except) ? Optional.of(text.substring(0, slash)) : Optional.empty();
    }
}
