package io.tftpdc.topic;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What a topic is created with.
 *
 * @param partitions the same at every site, for good: a mirrored topic with another count would stop Streams
 * @param cleanup what becomes of old records
 * @param retention how long records are kept where {@code cleanup} deletes; empty: for ever
 * @param maxRecordBytes largest record batch in bytes; 0 leaves the broker's default of 1 MiB
 * @param appendTime whether the broker's clock, not the producer's, stamps the records
 */
public record TopicSettings(
        int partitions, Cleanup cleanup, Optional<Duration> retention, int maxRecordBytes, boolean appendTime) {

    /** Kafka's {@code cleanup.policy}. */
    public enum Cleanup {
        DELETE("delete"),
        COMPACT("compact"),
        COMPACT_AND_DELETE("compact,delete");

        private final String policy;

        Cleanup(String policy) {
            this.policy = policy;
        }

        public String policy() {
            return policy;
        }
    }

    static TopicSettings keptForEver() {
        return new TopicSettings(Topics.PARTITIONS, Cleanup.DELETE, Optional.empty(), 0, false);
    }

    static TopicSettings keptFor(Duration retention) {
        return new TopicSettings(Topics.PARTITIONS, Cleanup.DELETE, Optional.of(retention), 0, false);
    }

    static TopicSettings compacted() {
        return new TopicSettings(Topics.PARTITIONS, Cleanup.COMPACT, Optional.empty(), 0, false);
    }

    static TopicSettings compactedAndKeptFor(Duration retention) {
        return new TopicSettings(Topics.PARTITIONS, Cleanup.COMPACT_AND_DELETE, Optional.of(retention), 0, false);
    }

    TopicSettings withPartitions(int count) {
        return new TopicSettings(count, cleanup, retention, maxRecordBytes, appendTime);
    }

    TopicSettings withMaxRecordBytes(int bytes) {
        return new TopicSettings(partitions, cleanup, retention, bytes, appendTime);
    }

    TopicSettings withAppendTime() {
        return new TopicSettings(partitions, cleanup, retention, maxRecordBytes, true);
    }

    /** As Kafka's topic configuration. */
    public Map<String, String> configs() {
        Map<String, String> configs = new TreeMap<>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup.policy());
        configs.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        configs.put(
                TopicConfig.RETENTION_MS_CONFIG,
                String.valueOf(retention.map(Duration::toMillis).orElse(-1L)));
        if (maxRecordBytes > 0) {
            configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(maxRecordBytes));
        }
        if (appendTime) {
            configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        }
        return configs;
    }
}
