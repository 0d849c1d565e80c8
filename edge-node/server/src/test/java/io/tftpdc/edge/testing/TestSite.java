package io.tftpdc.edge.testing;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import io.tftpdc.wire.SchemaIds;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A site's Kafka with our topics, and a stand-in for its streams processors: it writes what they would write. */
public final class TestSite implements AutoCloseable {
    public static final List<Topic<?, ?>> TOPICS = List.of(
            Topics.FILE_EVENTS,
            Topics.FILE_INDEX,
            Topics.CONTENT_LOCATIONS,
            Topics.CONTENT,
            Topics.TRANSFER_EVENTS,
            Topics.NODE_EVENTS,
            Topics.CONFIG_EVENTS,
            Topics.REJECTED);

    private final EmbeddedKafka kafka;
    private final SchemaIds ids;
    private final KafkaProducer<byte[], byte[]> producer;
    private long clock = 1_000_000;

    public TestSite(Path directory) {
        this(directory, new DerivedSchemaIds());
    }

    /** @param ids of the site's schema registry */
    public TestSite(Path directory, SchemaIds ids) {
        this.ids = ids;
        kafka = EmbeddedKafka.startForTests(directory);
        createTopics();
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "batch.size",
                        512 * 1024,
                        "max.request.size",
                        2 << 20,
                        "acks",
                        "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    public Map<String, Object> clientSettings() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    public EmbeddedKafka kafka() {
        return kafka;
    }

    public SchemaIds ids() {
        return ids;
    }

    public void createTopics() {
        try (Admin admin = Admin.create(clientSettings())) {
            new TopicCreator(admin, (short) 1).ensure(TOPICS);
        }
    }

    public void deleteTopics(Topic<?, ?>... topics) {
        try (Admin admin = Admin.create(clientSettings())) {
            List<String> names = Arrays.stream(topics).<String>map(Topic::name).toList();
            admin.deleteTopics(names).all().get();
            while (!Collections.disjoint(admin.listTopics().names().get(), names)) {
                Thread.onSpinWait(); // the broker has agreed but not yet forgotten
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Publishes as the intake and the streams processors do together: chunks, their places, the index entry. */
    public FileContent publish(String tenant, String path, byte[] bytes, Map<String, String> labels) {
        FileContent content = storeContent(bytes);
        send(Topics.FILE_INDEX, FileKey.of(tenant, path), entry(FileKey.of(tenant, path), content, labels));
        return content;
    }

    public FileContent publish(String tenant, String path, byte[] bytes) {
        return publish(tenant, path, bytes, Map.of());
    }

    /** An entry with one revision, newer than all that were made before. */
    public FileIndexEntry entry(FileKey key, FileContent content, Map<String, String> labels) {
        return new FileIndexEntry(
                key,
                List.of(new FileRevision.Published(nextStamp(), "test", content, "application/octet-stream", labels)));
    }

    public FileIndexEntry removed(FileKey key) {
        return new FileIndexEntry(key, List.of(new FileRevision.Removed(nextStamp(), "test")));
    }

    private EventStamp nextStamp() {
        clock++;
        return new EventStamp(HybridTime.of(clock, 0), new SiteName("a"), new EventId(new UUID(0, clock)));
    }

    /** Writes chunks and their places. */
    public FileContent storeContent(byte[] bytes) {
        return storeContent(
                bytes,
                FileContent.CHUNK_SIZE,
                false,
                (hash, location) -> send(Topics.CONTENT_LOCATIONS, hash, location));
    }

    /**
     * Writes chunks, and tells where they are.
     *
     * @param byManifest as content of more than 256 chunks is described, whatever the size
     */
    public FileContent storeContent(
            byte[] bytes, int chunkSize, boolean byManifest, BiConsumer<Sha256, ContentLocation> located) {
        List<Sha256> hashes = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += chunkSize) {
            byte[] chunk = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunkSize));
            hashes.add(store(chunk, located));
        }
        FileContent.Chunks chunks = byManifest
                ? new FileContent.Manifest(List.of(store(manifest(hashes), located)), hashes.size())
                : new FileContent.Inline(hashes);
        return new FileContent(Sha256.of(bytes), bytes.length, chunkSize, chunks);
    }

    /**
     * Describes content that lies elsewhere; a list that is no part of the event is written here, and where it is.
     *
     * @param byManifest as content of more than 256 chunks is described, whatever the size
     */
    public FileContent listContent(byte[] bytes, boolean byManifest) {
        List<Sha256> hashes = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += FileContent.CHUNK_SIZE) {
            hashes.add(
                    Sha256.of(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + FileContent.CHUNK_SIZE))));
        }
        FileContent.Chunks chunks = byManifest
                ? new FileContent.Manifest(
                        List.of(store(
                                manifest(hashes), (hash, location) -> send(Topics.CONTENT_LOCATIONS, hash, location))),
                        hashes.size())
                : new FileContent.Inline(hashes);
        return new FileContent(Sha256.of(bytes), bytes.length, FileContent.CHUNK_SIZE, chunks);
    }

    private Sha256 store(byte[] chunk, BiConsumer<Sha256, ContentLocation> located) {
        Sha256 hash = Sha256.of(chunk);
        located.accept(hash, storeChunkOnly(hash, chunk));
        return hash;
    }

    private static byte[] manifest(List<Sha256> hashes) {
        ByteBuffer bytes = ByteBuffer.allocate(hashes.size() * Sha256.BYTES);
        hashes.forEach(hash -> hash.write(bytes));
        return bytes.array();
    }

    /** Writes one chunk. */
    public ContentLocation storeChunkOnly(Sha256 hash, byte[] bytes) {
        RecordMetadata written = send(Topics.CONTENT, hash, bytes);
        return new ContentLocation(Topics.CONTENT.name(), written.partition(), written.offset(), bytes.length);
    }

    public <K, V> RecordMetadata send(Topic<K, V> topic, K key, @Nullable V value) {
        return sendRaw(
                topic.name(),
                topic.keySerde(ids).serializer().serialize(topic.name(), key),
                topic.valueSerde(ids).serializer().serialize(topic.name(), value));
    }

    public RecordMetadata sendRaw(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return sendRaw(new ProducerRecord<>(topic, key, value));
    }

    public RecordMetadata sendRaw(String topic, int partition, byte[] key, byte[] value) {
        return sendRaw(new ProducerRecord<>(topic, partition, key, value));
    }

    private RecordMetadata sendRaw(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that a topic holds now. */
    public <V> List<V> read(Topic<?, V> topic) {
        return read(clientSettings(), ids, topic);
    }

    /** All that a topic holds now. */
    public static <V> List<V> read(Map<String, Object> clientSettings, SchemaIds ids, Topic<?, V> topic) {
        List<V> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(clientSettings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> values.add(
                                topic.valueSerde(ids).deserializer().deserialize(topic.name(), record.value())));
            }
        }
        return values;
    }

    @Override
    public void close() {
        producer.close();
        kafka.close();
    }
}
