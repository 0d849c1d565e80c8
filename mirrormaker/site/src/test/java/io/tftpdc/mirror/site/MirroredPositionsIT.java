package io.tftpdc.mirror.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.broker.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirroredPositionsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** With several looks, each with patience of its own. */
    private static final Duration ALL_LOOKS = PATIENCE.multipliedBy(3);

    private static final TopicPartition EVENTS = new TopicPartition("tftp.file-events", 0);
    private static final TopicPartition AUDIT = new TopicPartition("tftp.audit-events", 3);

    @TempDir
    private Path directory;

    /** The new topic is longer than the former one was read, so its length says nothing. */
    @Test
    void whatATopicThatIsNoMoreSaidMeansNothing() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(directory)) {
            Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
            try (MirroredPositions positions = new MirroredPositions(settings, "dc2");
                    Admin admin = Admin.create(settings)) {
                assertThat(positions.refresh(PATIENCE)).isFalse();
                create(admin);
                tell(settings, EVENTS, 41);
                tell(settings, AUDIT, 7);
                await().atMost(ALL_LOOKS).until(() -> positions.refresh(PATIENCE));
                assertThat(positions.next(EVENTS)).hasValue(42);
                assertThat(positions.next(AUDIT)).hasValue(8);

                admin.deleteTopics(List.of(MirroredPositions.topicOf("dc2")))
                        .all()
                        .get();
                create(admin);
                for (int offset = 0; offset < 5; offset++) {
                    tell(settings, EVENTS, offset);
                }

                await().atMost(ALL_LOOKS).untilAsserted(() -> {
                    assertThat(positions.refresh(PATIENCE)).isTrue();
                    assertThat(positions.next(EVENTS)).hasValue(5);
                });
                assertThat(positions.next(AUDIT)).isEmpty();
            }
        }
    }

    private static void create(Admin admin) {
        NewTopic topic = new NewTopic(MirroredPositions.topicOf("dc2"), 1, (short) 1);
        // The broker forgets a topic a moment after it has agreed to.
        await().atMost(ALL_LOOKS).until(() -> {
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

    private static void tell(Map<String, Object> settings, TopicPartition source, long offset) throws Exception {
        String key = "[\"MirrorSourceConnector\",{\"cluster\":\"dc2\",\"partition\":" + source.partition()
                + ",\"topic\":\"" + source.topic() + "\"}]";
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            MirroredPositions.topicOf("dc2"),
                            key.getBytes(StandardCharsets.UTF_8),
                            ("{\"offset\":" + offset + "}").getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }
}
