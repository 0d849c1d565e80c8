package io.tftpdc.mirror.site;

import io.tftpdc.topic.Answers;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What a cluster says of a topic. */
sealed interface TopicLook {

    /** It does not exist. */
    record Missing() implements TopicLook {}

    /** The login may not even see it. */
    record Hidden() implements TopicLook {}

    /**
     * It is there.
     *
     * @param allowed what the login may do with it; everything where the cluster has no access rules
     * @param settings empty when the login may not read them
     */
    record Found(int partitions, Set<AclOperation> allowed, Optional<Config> settings) implements TopicLook {

        /** Of the operations, those that the login lacks. */
        Set<AclOperation> lacking(AclOperation... needed) {
            Set<AclOperation> lacking = EnumSet.noneOf(AclOperation.class);
            lacking.addAll(List.of(needed));
            lacking.removeAll(allowed);
            return lacking;
        }

        /** A setting as it is in effect, wherever it comes from. */
        Optional<ConfigEntry> setting(String name) {
            return settings.map(config -> config.get(name));
        }
    }

    /** Asks for all of them at once. */
    static Map<String, TopicLook> at(ClusterLink cluster, Collection<String> names) {
        Map<String, TopicLook> looks = new TreeMap<>();
        Map<String, TopicDescription> found = new HashMap<>();
        cluster.admin()
                .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .forEach((name, answer) -> {
                    try {
                        found.put(name, Answers.of(answer));
                    } catch (UnknownTopicOrPartitionException e) {
                        looks.put(name, new Missing());
                    } catch (TopicAuthorizationException e) {
                        looks.put(name, new Hidden());
                    }
                });
        Map<ConfigResource, KafkaFuture<Config>> configs = cluster.admin()
                .describeConfigs(found.keySet().stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .values();
        configs.forEach((resource, answer) -> {
            TopicDescription description = found.get(resource.name());
            if (description != null) {
                Set<AclOperation> allowed = description.authorizedOperations();
                looks.put(
                        resource.name(),
                        new Found(
                                description.partitions().size(),
                                allowed == null ? EnumSet.allOf(AclOperation.class) : allowed,
                                settings(answer)));
            }
        });
        return looks;
    }

    private static Optional<Config> settings(KafkaFuture<Config> answer) {
        try {
            return Optional.of(Answers.of(answer));
        } catch (TopicAuthorizationException e) {
            return Optional.empty();
        }
    }
}
