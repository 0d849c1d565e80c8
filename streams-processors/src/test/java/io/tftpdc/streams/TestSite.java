package io.tftpdc.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.topic.Topic;
import io.tftpdc.wire.SchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A broker with a plain producer beside it, as somebody who publishes would have, and a few ways to look. */
final class TestSite implements AutoCloseable {
    private final EmbeddedKafka kafka;
    private final Producer<String, byte[]> producer;

    TestSite(Path directory) {
        kafka = EmbeddedKafka.startForTests(directory);
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "linger.ms",
                        0,
                        "max.request.size",
                        80 << 20,
                        "buffer.memory",
                        128L << 20),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    EmbeddedKafka kafka() {
        return kafka;
    }

    RecordMetadata publish(String path, byte @Nullable [] bytes, String... headers)
            throws ExecutionException, InterruptedException {
        return send(path, bytes, headers).get();
    }

    /** As {@link #publish}, without waiting for the broker; what is sent of one path stays in order. */
    Future<RecordMetadata> send(String path, byte @Nullable [] bytes, String... headers) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>("tftp.publish.default", path, bytes);
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(new RecordHeader(headers[i], headers[i + 1].getBytes(UTF_8)));
        }
        return producer.send(record);
    }

    void publishText(String path, String text) throws ExecutionException, InterruptedException {
        publish(path, text.getBytes(UTF_8));
    }

    /** Reads committed records of a topic, each partition from its beginning or its end. */
    <K, V> KafkaConsumer<K, V> reader(Topic<K, V> topic, SchemaIds ids, boolean fromBeginning) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        settings.put("isolation.level", "read_committed");
        KafkaConsumer<K, V> consumer = new KafkaConsumer<>(
                settings,
                topic.keySerde(ids).deserializer(),
                topic.valueSerde(ids).deserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        }
        return consumer;
    }

    /** Hands over what is left of what is committed now, in the order of each partition. */
    static <K, V> void drain(KafkaConsumer<K, V> reader, Consumer<ConsumerRecord<K, V>> to) {
        Map<TopicPartition, Long> ends = reader.endOffsets(reader.assignment());
        while (ends.entrySet().stream().anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
            reader.poll(Duration.ofMillis(100)).forEach(to);
        }
    }

    /** Waits, looking every few milliseconds. */
    static void await(String what, Duration atMost, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + atMost + " for " + what);
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        kafka.close();
    }
}
