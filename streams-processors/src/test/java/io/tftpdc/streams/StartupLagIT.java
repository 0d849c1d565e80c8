package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that somebody deletes while an application is starting. */
class StartupLagIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern SOURCES = Pattern.compile("source-[ab]");

    @TempDir
    private Path directory;

    private TestSite site;
    private Map<String, Object> clients;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        site = new TestSite(directory);
        clients = Map.of("bootstrap.servers", site.kafka().bootstrapServers());
        admin = Admin.create(clients);
        create("source-a");
        create("source-b");
        append("source-a", 3);
        append("source-b", 5);
    }

    @AfterEach
    void stop() {
        admin.close();
        site.close();
    }

    @Test
    void whatATopicHeldThatIsDeletedIsNotWaitedFor() throws Exception {
        try (StartupLag lag = StartupLag.measure(admin, clients, "group", SOURCES)) {
            assertThat(lag.remaining()).isEqualTo(8);

            admin.deleteTopics(List.of("source-b")).all().get();

            await("what the other topic holds", () -> lag.remaining() == 3);
        }
    }

    @Test
    void anotherTopicOfTheSameNameHoldsNothingThatWasThereAtStart() throws Exception {
        try (StartupLag lag = StartupLag.measure(admin, clients, "group", SOURCES)) {
            admin.deleteTopics(List.of("source-a", "source-b")).all().get();
            create("source-a");
            create("source-b");
            append("source-b", 9);

            await("nothing", () -> lag.remaining() == 0);
        }
    }

    private static void await(String what, Callable<Boolean> condition) throws InterruptedException {
        TestSite.await(what, PATIENCE, () -> {
            try {
                return condition.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /** The broker forgets a topic a moment after it has agreed to. */
    private void create(String topic) throws InterruptedException {
        await("topic " + topic, () -> {
            try {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get();
                return true;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicExistsException) {
                    return false;
                }
                throw e;
            }
        });
    }

    private void append(String topic, int records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(clients, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, 0, new byte[1], new byte[1]))
                        .get();
            }
        }
    }
}
