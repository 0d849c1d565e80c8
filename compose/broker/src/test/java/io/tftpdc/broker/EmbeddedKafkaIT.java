package io.tftpdc.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.broker.EmbeddedKafka.BrokerStartException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {

    @TempDir
    private Path directory;

    @Test
    void recordsSurviveARestartOnTheSameDirectoryAndAddress() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(directory)) {
            String address = kafka.bootstrapServers();
            createTopic(kafka, "greetings");
            produce(kafka, "greetings", "before");

            kafka.stop();
            kafka.start();

            assertThat(kafka.bootstrapServers()).isEqualTo(address);
            produce(kafka, "greetings", "after");
            assertThat(readAll(kafka, "greetings", 2)).containsExactly("before", "after");
        }
        try (EmbeddedKafka another = EmbeddedKafka.startForTests(directory)) {
            assertThat(readAll(another, "greetings", 2)).containsExactly("before", "after");
        }
    }

    @Test
    void transactionsAndGroupsWorkOnOneNode() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(directory)) {
            createTopic(kafka, "facts");
            Map<String, Object> transactional =
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "one");
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(transactional, new StringSerializer(), new StringSerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("facts", "committed"));
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("facts", "aborted"));
                producer.flush();
                producer.abortTransaction();
            }
            Map<String, Object> group = Map.of(
                    "bootstrap.servers", kafka.bootstrapServers(),
                    "group.id", "readers",
                    "isolation.level", "read_committed",
                    "auto.offset.reset", "earliest");
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(group, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of("facts"));

                assertThat(poll(consumer, 1)).containsExactly("committed");
            }
        }
    }

    @Test
    void noTopicIsCreatedByUsingIt() {
        try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(directory)) {
            Map<String, Object> config =
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.block.ms", 500, "retries", 0);
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                assertThatThrownBy(() -> producer.send(new ProducerRecord<>("nobody-made-me", "x"))
                                .get())
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(TimeoutException.class);
            }
        }
    }

    @Test
    void aTakenPortFailsTheStartAndLeavesNothingRunning() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(BrokerConfig.LOOPBACK))) {
            BrokerConfig config = BrokerConfig.inProcess(directory).withPort(taken.getLocalPort());
            try (EmbeddedKafka kafka = new EmbeddedKafka(config)) {
                assertThatThrownBy(kafka::start)
                        .isInstanceOfSatisfying(BrokerStartException.class, e -> assertThat(e.isPortTaken())
                                .isTrue());
            }
        }
        // The directory's locks are free again, and so is the JVM that Kafka would have halted.
        try (EmbeddedKafka kafka = EmbeddedKafka.startForTests(directory)) {
            createTopic(kafka, "alive");
        }
    }

    private static void createTopic(EmbeddedKafka kafka, String name) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
        }
    }

    private static void produce(EmbeddedKafka kafka, String topic, String value) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private static List<String> readAll(EmbeddedKafka kafka, String topic, int expected) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            return poll(consumer, expected);
        }
    }

    private static List<String> poll(KafkaConsumer<String, String> consumer, int expected) {
        List<String> values = new ArrayList<>();
        Instant deadline = Instant.now().plusSeconds(15);
        while (values.size() < expected && Instant.now().isBefore(deadline)) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                values.add(record.value());
            }
        }
        return values;
    }
}
