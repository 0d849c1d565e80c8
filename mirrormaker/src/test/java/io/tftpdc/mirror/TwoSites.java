package io.tftpdc.mirror;

import io.tftpdc.broker.BrokerConfig;
import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.event.SiteName;
import io.tftpdc.mirror.site.Bandwidth;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The clusters of dc1, which is pulled from, and dc2, which pulls. */
final class TwoSites implements AutoCloseable {
    final EmbeddedKafka there;
    final EmbeddedKafka here;

    TwoSites(Path directory) {
        there = start(directory.resolve("dc1"));
        here = start(directory.resolve("dc2"));
        for (EmbeddedKafka kafka : List.of(there, here)) {
            try (Admin admin = admin(kafka)) {
                new TopicCreator(admin, (short) -1).ensure(Topics.all());
            }
        }
    }

    private static EmbeddedKafka start(Path directory) {
        EmbeddedKafka kafka = new EmbeddedKafka(BrokerConfig.inProcess(directory));
        kafka.start();
        return kafka;
    }

    /** dc2, which pulls from dc1 with one task. */
    SiteFile file(Optional<URI> registry, Duration stallAfter, Optional<Bandwidth> limit) {
        return new SiteFile(
                "dc2",
                "mirror-1",
                new SiteFile.Kafka(here.bootstrapServers(), Map.of()),
                registry,
                List.of(new SiteFile.Peer("dc1", there.bootstrapServers(), Map.of(), limit)),
                1,
                1,
                true,
                "lz4",
                stallAfter,
                Duration.ofMillis(500),
                new SiteFile.Ops("127.0.0.1", 0));
    }

    static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    static KafkaProducer<byte[], byte[]> producer(EmbeddedKafka kafka, Map<String, Object> settings) {
        Map<String, Object> all = new java.util.HashMap<>(settings);
        all.put("bootstrap.servers", kafka.bootstrapServers());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static void send(KafkaProducer<byte[], byte[]> producer, String topic, int partition, String text)
            throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(topic, partition, bytes, bytes)).get(10, TimeUnit.SECONDS);
    }

    /** Records that have come here from dc1, of file events. */
    int mirroredEvents() {
        int count = 0;
        try (KafkaConsumer<byte[], byte[]> consumer =
                consumer(here, Topics.FILE_EVENTS.mirroredFrom(new SiteName("dc1")))) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                count += consumer.poll(Duration.ofMillis(100)).count();
            }
        }
        return count;
    }

    /** Reads what is committed, from the beginning. */
    static KafkaConsumer<byte[], byte[]> consumer(EmbeddedKafka kafka, Topic<?, ?> topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, topic.settings().partitions())
                .mapToObj(i -> new TopicPartition(topic.name(), i))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    static String get(MirrorMakerProcess process, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** The value of a meter of the link from dc1. */
    static OptionalDouble metric(MirrorMakerProcess process, String name, String topic) throws Exception {
        Matcher line = Pattern.compile("(?m)^" + name + "\\{[^}]*peer=\"dc1\"[^}]*"
                        + (topic.isEmpty() ? "" : "topic=\"" + Pattern.quote(topic) + "\"[^}]*") + "} (\\S+)$")
                .matcher(get(process, "/metrics"));
        return line.find() ? OptionalDouble.of(Double.parseDouble(line.group(1))) : OptionalDouble.empty();
    }

    @Override
    public void close() {
        here.close();
        there.close();
    }
}
