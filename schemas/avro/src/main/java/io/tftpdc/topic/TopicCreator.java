package io.tftpdc.topic;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates the topics that are missing and refuses to run on ones that would lose data. Settings that an operator may
 * tune (retention, segment sizes) are left as found. Blocks; any thread may call it, and several processes at once.
 */
public final class TopicCreator {
    /** A broker learns of a new topic a little after the controller has made it. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Admin admin;
    private final short replicationFactor;

    /** @param replicationFactor of new topics; -1 takes the broker's default */
    public TopicCreator(Admin admin, short replicationFactor) {
        this.admin = admin;
        this.replicationFactor = replicationFactor;
    }

    /**
     * @throws IllegalStateException when a topic exists with a partition count or clean-up policy that does not fit,
     *     saying how to mend it
     * @throws KafkaException when the cluster cannot be reached or refuses
     */
    public void ensure(Collection<? extends Topic<?, ?>> topics) {
        Set<String> existing = Answers.of(admin.listTopics().names());
        List<NewTopic> missing = topics.stream()
                .filter(topic -> !existing.contains(topic.name()))
                .map(this::describe)
                .toList();
        CreateTopicsResult created = admin.createTopics(missing);
        for (Map.Entry<String, KafkaFuture<Void>> creation : created.values().entrySet()) {
            try {
                Answers.of(creation.getValue());
            } catch (TopicExistsException raced) {
                // Another process was faster; whether its topic fits is checked below with the others.
            }
        }
        checkOnceKnown(topics);
        awaitLeaders(missing);
    }

    /**
     * The controller knows a topic before the brokers that are to lead its partitions do. A producer that writes several
     * batches in between may see the later ones accepted and the first refused, again and again until it times out.
     */
    private void awaitLeaders(Collection<NewTopic> created) {
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        for (NewTopic topic : created) {
            for (int i = 0; i < topic.numPartitions(); i++) {
                partitions.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
            }
        }
        if (!partitions.isEmpty()) {
            // Each leader answers for its partitions; until it does the client asks again.
            Answers.of(admin.listOffsets(partitions).all());
        }
    }

    private void checkOnceKnown(Collection<? extends Topic<?, ?>> topics) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                check(topics);
                return;
            } catch (UnknownTopicOrPartitionException notYetKnown) {
                if (System.nanoTime() - deadline > 0) {
                    throw notYetKnown;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for the cluster", e);
        }
    }

    private NewTopic describe(Topic<?, ?> topic) {
        return new NewTopic(topic.name(), topic.settings().partitions(), replicationFactor)
                .configs(topic.settings().configs());
    }

    private void check(Collection<? extends Topic<?, ?>> topics) {
        Map<ConfigResource, Topic<?, ?>> byResource = new HashMap<>();
        for (Topic<?, ?> topic : topics) {
            byResource.put(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), topic);
        }
        List<String> names = topics.stream().<String>map(Topic::name).toList();
        Map<String, TopicDescription> descriptions =
                Answers.of(admin.describeTopics(names).allTopicNames());
        Map<ConfigResource, Config> configs =
                Answers.of(admin.describeConfigs(byResource.keySet()).all());
        byResource.forEach((resource, topic) -> {
            TopicDescription description = descriptions.get(topic.name());
            Config config = configs.get(resource);
            if (description == null || config == null) {
                throw new IllegalStateException("topic " + topic.name() + " vanished while it was being checked");
            }
            checkOne(topic, description.partitions().size(), policyOf(config));
        });
    }

    private static void checkOne(Topic<?, ?> topic, int partitions, String policy) {
        TopicSettings settings = topic.settings();
        if (partitions != settings.partitions()) {
            throw new IllegalStateException("topic " + topic.name() + " has " + partitions + " partitions; expected "
                    + settings.partitions() + ", the same at every site. Delete the topic if it is empty, or restore"
                    + " the site from a cluster that has the right count");
        }
        if (!Set.of(policy.split(",")).equals(Set.of(settings.cleanup().policy().split(",")))) {
            throw new IllegalStateException("topic " + topic.name() + " has cleanup.policy=" + policy + "; expected "
                    + settings.cleanup().policy() + ". Set it with: kafka-configs.sh --alter --entity-type topics"
                    + " --entity-name " + topic.name() + " --add-config cleanup.policy=["
                    + settings.cleanup().policy() + "]");
        }
    }

    private static String policyOf(Config config) {
        return config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    }
}
