package io.tftpdc.edge.testing;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stand-in for the streams processors: folds file events into the file index, and notes where chunks lie. Goes on when
 * the broker comes back.
 */
public final class StandInProjections implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandInProjections.class);

    private final Map<String, Object> kafka;
    private final SchemaIds ids;
    private final Thread thread = new Thread(this::run, "stand-in-projections");
    private final Map<FileKey, FileIndexEntry> index = new HashMap<>();
    private volatile boolean closing;

    public StandInProjections(Map<String, Object> kafka, SchemaIds ids) {
        this.kafka = kafka;
        this.ids = ids;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closing) {
            try {
                project();
            } catch (KafkaException e) {
                LOG.atDebug().setCause(e).log("The broker is away; from the beginning again");
            }
        }
    }

    private void project() {
        index.clear();
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("auto.offset.reset", "earliest");
        settings.put("default.api.timeout.ms", 2_000);
        settings.put("acks", "all");
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            consumer.assign(partitions(consumer));
            while (!closing) {
                for (ConsumerRecord<byte[], byte[]> read : consumer.poll(Duration.ofMillis(50))) {
                    producer.send(projected(read));
                }
            }
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : List.of(Topics.FILE_EVENTS.name(), Topics.CONTENT.name())) {
            consumer.partitionsFor(topic)
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        return partitions;
    }

    private ProducerRecord<byte[], byte[]> projected(ConsumerRecord<byte[], byte[]> read) {
        if (read.topic().equals(Topics.CONTENT.name())) {
            Sha256 chunk = Topics.CONTENT.keySerde(ids).deserializer().deserialize(read.topic(), read.key());
            return record(
                    Topics.CONTENT_LOCATIONS,
                    chunk,
                    new ContentLocation(read.topic(), read.partition(), read.offset(), read.value().length));
        }
        FileEvent event = Topics.FILE_EVENTS.valueSerde(ids).deserializer().deserialize(read.topic(), read.value());
        FileIndexEntry entry =
                FileIndexFold.apply(index.getOrDefault(event.key(), FileIndexEntry.empty(event.key())), event);
        index.put(event.key(), entry);
        return record(Topics.FILE_INDEX, event.key(), entry);
    }

    private <K, V> ProducerRecord<byte[], byte[]> record(Topic<K, V> topic, K key, V value) {
        return new ProducerRecord<>(
                topic.name(),
                topic.keySerde(ids).serializer().serialize(topic.name(), key),
                topic.valueSerde(ids).serializer().serialize(topic.name(), value));
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
