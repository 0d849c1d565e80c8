package io.tftpdc.mirror.site;

import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicSettings;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;

/** Whether a topic is as {@link io.tftpdc.topic.Topics} wants it, so that nothing is lost and Streams can read it. */
final class TopicFit {
    private TopicFit() {}

    /** Tells what does not fit in a topic that is there, at a peer or here. */
    static void check(Topic<?, ?> topic, TopicLook.Found found, Findings findings) {
        partitions(topic, found, findings);
        cleanup(topic, found, findings);
        if (topic.settings().retention().isEmpty()) {
            unlimited(topic, found, TopicConfig.RETENTION_MS_CONFIG, findings);
            unlimited(topic, found, TopicConfig.RETENTION_BYTES_CONFIG, findings);
        }
    }

    private static void partitions(Topic<?, ?> topic, TopicLook.Found found, Findings findings) {
        int expected = topic.settings().partitions();
        if (found.partitions() != expected) {
            findings.problem(
                    topic.name() + " has " + found.partitions() + " partitions; expected " + expected
                            + ", the same at every site for good: Streams stops on another number",
                    "delete it while it is empty and let the product create it, or move its records to a topic with "
                            + expected + " partitions under that name");
        }
    }

    private static void cleanup(Topic<?, ?> topic, TopicLook.Found found, Findings findings) {
        TopicSettings settings = topic.settings();
        found.setting(TopicConfig.CLEANUP_POLICY_CONFIG)
                .map(ConfigEntry::value)
                .filter(policy -> !Set.of(policy.split(","))
                        .equals(Set.of(settings.cleanup().policy().split(","))))
                .ifPresent(policy -> findings.problem(
                        topic.name() + " has cleanup.policy=" + policy + "; expected "
                                + settings.cleanup().policy()
                                + (settings.cleanup() == TopicSettings.Cleanup.DELETE
                                        ? ": compaction throws away events that other sites still need"
                                        : ""),
                        alter(
                                topic.name(),
                                "cleanup.policy=[" + settings.cleanup().policy() + "]")));
    }

    private static void unlimited(Topic<?, ?> topic, TopicLook.Found found, String name, Findings findings) {
        String policy = found.setting(TopicConfig.CLEANUP_POLICY_CONFIG)
                .map(ConfigEntry::value)
                .orElse("");
        found.setting(name)
                .map(ConfigEntry::value)
                .filter(value -> !value.equals("-1") && policy.contains("delete"))
                .ifPresent(value -> findings.problem(
                        topic.name() + " has " + name + "=" + value + shown(name, value)
                                + "; expected -1, for ever: a site that is away for longer misses what expired",
                        alter(topic.name(), name + "=-1")));
    }

    private static String shown(String name, String value) {
        return name.equals(TopicConfig.RETENTION_MS_CONFIG)
                ? " (" + Duration.ofMillis(Long.parseLong(value)).toHours() + " hours)"
                : "";
    }

    /** Tells which rights the login lacks. */
    static void rights(String topic, TopicLook.Found found, Findings findings, AclOperation... needed) {
        Set<AclOperation> lacking = found.lacking(needed);
        if (!lacking.isEmpty()) {
            findings.problem(
                    "the login may not " + lacking.stream().map(Enum::name).collect(Collectors.joining(", ")) + " "
                            + topic,
                    allow(topic, lacking));
        }
    }

    /** The login does not see the topic at all. */
    static void hidden(String topic, Findings findings, AclOperation... needed) {
        findings.problem(
                "the login may not DESCRIBE " + topic + ", so nothing can be said of it", allow(topic, Set.of(needed)));
    }

    private static String allow(String topic, Set<AclOperation> operations) {
        return "kafka-acls.sh --add --allow-principal User:THE-LOGIN "
                + operations.stream()
                        .sorted()
                        .map(operation -> "--operation " + acl(operation) + " ")
                        .collect(Collectors.joining())
                + "--topic " + topic;
    }

    /** As kafka-acls.sh spells it. */
    static String acl(AclOperation operation) {
        StringBuilder name = new StringBuilder();
        for (String word : operation.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        return name.toString();
    }

    static String alter(String topic, String config) {
        return "kafka-configs.sh --alter --entity-type topics --entity-name " + topic + " --add-config " + config;
    }
}
