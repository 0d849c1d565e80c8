package io.tftpdc.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.event.Tenant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicCreatorIT {
    private static EmbeddedKafka kafka;
    private static Admin admin;
    private static TopicCreator creator;

    @BeforeAll
    static void start(@TempDir Path directory) {
        kafka = EmbeddedKafka.startForTests(directory);
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        creator = new TopicCreator(admin, (short) 1);
    }

    @AfterAll
    static void stop() {
        admin.close();
        kafka.close();
    }

    @Test
    void everyTopicIsCreatedWithItsSettingsAndASecondTimeNothingHappens() throws Exception {
        List<Topic<?, ?>> topics = new ArrayList<>(Topics.all());
        topics.add(Topics.publish(Tenant.DEFAULT));

        creator.ensure(topics);
        creator.ensure(topics);

        for (Topic<?, ?> topic : topics) {
            assertThat(admin.describeTopics(List.of(topic.name()))
                            .allTopicNames()
                            .get()
                            .values())
                    .singleElement()
                    .satisfies(found -> assertThat(found.partitions())
                            .hasSize(topic.settings().partitions()));
            Config found = configOf(topic.name());
            topic.settings().configs().forEach((setting, value) -> assertThat(
                            found.get(setting).value())
                    .as("%s of %s", setting, topic.name())
                    .isEqualTo(value));
        }
    }

    @Test
    void aTopicWithAnotherPartitionCountIsRefusedWithWhatToDo() throws Exception {
        Topic<?, ?> topic = Topics.publish(new Tenant("three-expected"));
        admin.createTopics(List.of(new NewTopic(topic.name(), 4, (short) 1)))
                .all()
                .get();

        assertThatThrownBy(() -> creator.ensure(List.of(topic)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("topic tftp.publish.three-expected has 4 partitions; expected 3")
                .hasMessageContaining("Delete the topic if it is empty");
    }

    @Test
    void aTopicThatWouldLoseDataIsRefusedWithTheCommandThatMendsIt() throws Exception {
        Topic<?, ?> topic = Topics.publish(new Tenant("compacted"));
        admin.createTopics(
                        List.of(new NewTopic(topic.name(), 3, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                .all()
                .get();

        assertThatThrownBy(() -> creator.ensure(List.of(topic)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cleanup.policy=compact; expected delete")
                .hasMessageContaining("kafka-configs.sh --alter --entity-type topics --entity-name " + topic.name());
    }

    @Test
    void theOrderOfPoliciesDoesNotMatter() throws Exception {
        admin.createTopics(List.of(
                        new NewTopic("order", 1, (short) 1).configs(Map.of("cleanup.policy", "delete,compact"))))
                .all()
                .get();
        Topic<?, ?> topic = new Topic<>(
                "order",
                Topics.NODE_EVENTS.keys(),
                Topics.NODE_EVENTS.values(),
                Topics.NODE_EVENTS.settings(),
                true,
                "");

        assertThatCode(() -> creator.ensure(List.of(topic))).doesNotThrowAnyException();
    }

    @Test
    void whatAnOperatorTunedIsLeftAlone() throws Exception {
        Topic<?, ?> topic = Topics.publish(new Tenant("tuned"));
        creator.ensure(List.of(topic));
        admin.incrementalAlterConfigs(Map.of(
                        resource(topic.name()),
                        List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "60000"), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        await().until(() ->
                "60000".equals(configOf(topic.name()).get("retention.ms").value()));

        creator.ensure(List.of(topic));

        assertThat(configOf(topic.name()).get("retention.ms").value()).isEqualTo("60000");
    }

    private static Config configOf(String topic) throws Exception {
        return List.copyOf(admin.describeConfigs(List.of(resource(topic)))
                        .all()
                        .get()
                        .values())
                .get(0);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }
}
