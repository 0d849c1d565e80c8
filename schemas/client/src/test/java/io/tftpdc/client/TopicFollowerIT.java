package io.tftpdc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigEvent.TenantDefined;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that are deleted and made anew while they are followed. */
class TopicFollowerIT {
    private static final Duration LOOK_FOR_TOPICS = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Topic<String, ConfigEvent> TOPIC = Topics.CONFIG_EVENTS;
    private static final String OWN = TOPIC.name();
    private static final String OF_DC2 = "dc2." + OWN;

    @TempDir
    private Path directory;

    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private EmbeddedKafka broker;
    private Map<String, Object> kafka;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedKafka.startForTests(directory);
        kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        admin = Admin.create(kafka);
        create(OWN);
        create(OF_DC2);
        define(OWN, "a", "b");
        define(OF_DC2, "peers");
    }

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
    }

    /** The new topic is longer than the former one was read, so its length says nothing. */
    @Test
    void aTopicThatWasMadeAnewIsReadFromItsBeginning() throws Exception {
        try (TopicFollower<String, ConfigEvent> follower =
                new TopicFollower<>(kafka, TOPIC, ids, (record, scope, event) -> take(event), LOOK_FOR_TOPICS)) {
            follower.start();
            await().atMost(PATIENCE).until(() -> follower.status().up());
            assertThat(told).containsExactlyInAnyOrder("a", "b", "peers");

            makeOwnAnew("c", "d", "e", "f");

            await().atMost(PATIENCE).until(() -> told.containsAll(List.of("c", "d", "e", "f")));
            await().atMost(PATIENCE).until(() -> follower.status().up());
            assertThat(told).as("what others told stands").containsOnlyOnce("peers");
        }
    }

    @Test
    void aFoldThatDropsWhatItKnewIsToldAllAgain() throws Exception {
        List<Boolean> upWhenDropped = new CopyOnWriteArrayList<>();
        TopicFollower<?, ?>[] itself = new TopicFollower<?, ?>[1];
        try (TopicFollower<String, ConfigEvent> follower = new TopicFollower<>(
                kafka,
                TOPIC,
                ids,
                new TopicFollower.Sink<String, ConfigEvent>() {
                    @Override
                    public void take(ConsumerRecord<byte[], byte[]> record, String scope, ConfigEvent event) {
                        TopicFollowerIT.this.take(event);
                    }

                    @Override
                    public boolean madeAnew(String name) {
                        assertThat(name).isEqualTo(OWN);
                        upWhenDropped.add(itself[0].status().up());
                        told.clear();
                        return true;
                    }
                },
                LOOK_FOR_TOPICS)) {
            itself[0] = follower;
            follower.start();
            await().atMost(PATIENCE).until(() -> follower.status().up());

            makeOwnAnew("c", "d", "e", "f");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(told).containsExactlyInAnyOrder("c", "d", "e", "f", "peers"));
            await().atMost(PATIENCE).until(() -> follower.status().up());
            assertThat(upWhenDropped).containsExactly(false);
        }
    }

    private void take(ConfigEvent event) {
        if (event instanceof TenantDefined defined) {
            told.add(defined.tenant().value());
        }
    }

    private void makeOwnAnew(String... tenants) throws Exception {
        admin.deleteTopics(List.of(OWN)).all().get();
        create(OWN);
        define(OWN, tenants);
    }

    /** The broker forgets a topic a moment after it has agreed to. */
    private void create(String name) {
        NewTopic topic = new NewTopic(name, 1, (short) 1);
        await().atMost(PATIENCE).until(() -> {
            try {
                admin.createTopics(List.of(topic)).all().get();
                return true;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicExistsException) {
                    return false;
                }
                throw e;
            }
        });
    }

    private void define(String topic, String... tenants) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String tenant : tenants) {
                EventEnvelope envelope = new EventEnvelope(
                        new EventId(UUID.randomUUID()), new SiteName("dc1"), HybridTime.of(1, 0), "test");
                producer.send(new ProducerRecord<>(
                                topic,
                                TOPIC.keySerde(ids).serializer().serialize(TOPIC.name(), "all"),
                                TOPIC.valueSerde(ids)
                                        .serializer()
                                        .serialize(TOPIC.name(), new TenantDefined(envelope, new Tenant(tenant), ""))))
                        .get();
            }
        }
    }
}
