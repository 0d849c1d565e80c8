package io.tftpdc.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites that mirror each other, each with a Kafka of its own. */
class MirrorMakerIT {
    private static final SiteName DC1 = new SiteName("dc1");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DerivedSchemaIds ids = new DerivedSchemaIds();

    @Test
    void whatOneSiteSaysArrivesAtTheOtherUnchangedAndDoesNotComeBack(@TempDir Path first, @TempDir Path second)
            throws Exception {
        byte[] chunk = new byte[FileContent.CHUNK_SIZE];
        new Random(1).nextBytes(chunk);
        Sha256 hash = Sha256.of(chunk);
        FileEvent event = new FileEvent.FilePublished(
                new EventEnvelope(new EventId(new UUID(1, 2)), DC1, HybridTime.of(42, 0), "user:anna"),
                FileKey.of("default", "boot/x"),
                new FileContent(hash, chunk.length, chunk.length, new FileContent.Inline(List.of(hash))),
                "",
                Map.of("model", "x9300"));

        try (EmbeddedKafka one = EmbeddedKafka.startForTests(first);
                EmbeddedKafka two = EmbeddedKafka.startForTests(second)) {
            createTopics(one);
            createTopics(two);
            try (MirrorMakerProcess into2 = MirrorMakerProcess.start(site("dc2", two, "dc1", one));
                    MirrorMakerProcess into1 = MirrorMakerProcess.start(site("dc1", one, "dc2", two))) {
                // given a transaction that was taken back and one that was not
                try (KafkaProducer<byte[], byte[]> producer = transactionalProducer(one)) {
                    producer.initTransactions();
                    producer.beginTransaction();
                    send(producer, record(Topics.FILE_EVENTS, FileKey.of("default", "taken-back"), event));
                    producer.flush();
                    producer.abortTransaction();

                    producer.beginTransaction();
                    send(producer, record(Topics.CONTENT, hash, chunk));
                    ProducerRecord<byte[], byte[]> published = record(Topics.FILE_EVENTS, event.key(), event);
                    published.headers().add("trace", "abc".getBytes(StandardCharsets.UTF_8));
                    send(producer, published);
                    producer.commitTransaction();
                }

                // when they arrive
                List<ConsumerRecord<byte[], byte[]>> events = read(two, Topics.FILE_EVENTS.mirroredFrom(DC1), 1);
                List<ConsumerRecord<byte[], byte[]>> chunks = read(two, Topics.CONTENT.mirroredFrom(DC1), 1);

                // then they are what was sent, and only what was committed
                ConsumerRecord<byte[], byte[]> arrived = events.get(0);
                assertThat(Topics.FILE_EVENTS.keySerde(ids).deserializer().deserialize("", arrived.key()))
                        .isEqualTo(event.key());
                assertThat(Topics.FILE_EVENTS.valueSerde(ids).deserializer().deserialize("", arrived.value()))
                        .isEqualTo(event);
                assertThat(arrived.headers())
                        .extracting(Header::key, header -> new String(header.value(), StandardCharsets.UTF_8))
                        .containsExactly(tuple("trace", "abc"));
                assertThat(chunks.get(0).key()).isEqualTo(hash.bytes());
                assertThat(chunks.get(0).value()).isEqualTo(chunk);

                // and the other site's mirror, which runs and mirrors, has not taken them back home
                try (KafkaProducer<byte[], byte[]> producer = transactionalProducer(two)) {
                    producer.initTransactions();
                    producer.beginTransaction();
                    send(producer, record(Topics.CONFIG_EVENTS, "tenant/acme", null));
                    producer.commitTransaction();
                }
                read(one, Topics.CONFIG_EVENTS.mirroredFrom(new SiteName("dc2")), 1);
                assertThat(count(one, "dc2.tftp.file-events")).isZero();
                assertThat(count(one, "dc2.tftp.content")).isZero();
                assertThat(names(one)).noneMatch(name -> name.startsWith("dc2.dc1."));
                assertThat(names(two)).noneMatch(name -> name.startsWith("dc1.dc2."));

                // and health and metrics tell
                await().atMost(PATIENCE)
                        .until(() -> into2.status().up() && into1.status().up());
                assertThat(get(into2, "/health/ready")).contains("dc1->dc2");
                try (KafkaProducer<byte[], byte[]> producer = transactionalProducer(one)) {
                    producer.initTransactions();
                    producer.beginTransaction();
                    send(producer, record(Topics.CONTENT, Sha256.of(new byte[1]), new byte[1]));
                    producer.commitTransaction();
                }
                Pattern arrivedAgain = Pattern.compile(
                        "tftpdc_mirror_records_total\\{[^}]*peer=\"dc1\"[^}]*" + "topic=\"tftp.content\"[^}]*} [1-9]");
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(get(into2, "/metrics")).containsPattern(arrivedAgain));
            }
        }
    }

    private static SiteFile site(String name, EmbeddedKafka own, String peer, EmbeddedKafka theirs) {
        return new SiteFile(
                name,
                "mirror-1",
                new SiteFile.Kafka(own.bootstrapServers(), Map.of()),
                Optional.empty(),
                List.of(new SiteFile.Peer(peer, theirs.bootstrapServers(), Map.of(), Optional.empty())),
                -1,
                1,
                true,
                "lz4",
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                new SiteFile.Ops("127.0.0.1", 0));
    }

    private static void createTopics(EmbeddedKafka kafka) {
        try (Admin admin = admin(kafka)) {
            new TopicCreator(admin, (short) -1).ensure(Topics.all());
        }
    }

    private <K, V> ProducerRecord<byte[], byte[]> record(Topic<K, V> topic, K key, @Nullable V value) {
        return new ProducerRecord<>(
                topic.name(),
                topic.keySerde(ids).serializer().serialize(topic.name(), key),
                topic.valueSerde(ids).serializer().serialize(topic.name(), value));
    }

    /** What becomes of it is told when the transaction ends. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    private static KafkaProducer<byte[], byte[]> transactionalProducer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "test"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Reads from the beginning until so many have come, and a little longer to see whether more come. */
    private static List<ConsumerRecord<byte[], byte[]>> read(EmbeddedKafka kafka, Topic<?, ?> topic, int expected) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka, topic.name())) {
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= expected;
            });
            consumer.poll(Duration.ofMillis(500)).forEach(records::add);
        }
        assertThat(records).hasSize(expected);
        return records;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(EmbeddedKafka kafka, String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "auto.offset.reset", "earliest",
                        "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            return !partitions.isEmpty();
        });
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private static int count(EmbeddedKafka kafka, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka, topic)) {
            return consumer.poll(Duration.ofSeconds(1)).count();
        }
    }

    private static Set<String> names(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = admin(kafka)) {
            return admin.listTopics().names().get();
        }
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static String get(MirrorMakerProcess process, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
