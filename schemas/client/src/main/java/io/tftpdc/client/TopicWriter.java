package io.tftpdc.client;

import io.tftpdc.event.FileContent;
import io.tftpdc.topic.Topic;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records to our topics and says when Kafka has them for good: acks=all, idempotent. One producer serves every
 * topic; any thread may write.
 *
 * <p>Memory is bounded by the producer's buffer (32 MiB unless configured). When it is full {@link #write} waits, which
 * is how a slow cluster holds back a fast source.
 */
public final class TopicWriter implements RecordWriter, AutoCloseable {
    /** How long a write may take, retries included, before it counts as failed. */
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(30);

    /** So that a batch, whose buffers are pooled by this size, takes exactly one chunk and its header. */
    private static final int BATCH_BYTES = FileContent.CHUNK_SIZE + 1024;

    private final Producer<byte[], byte[]> producer;
    private final SchemaIds ids;

    /** For tests, which may bring a producer of their own. */
    TopicWriter(Producer<byte[], byte[]> producer, SchemaIds ids) {
        this.producer = producer;
        this.ids = ids;
    }

    /**
     * @param kafka {@code bootstrap.servers} and whatever else the cluster asks for (security, client id); wins over our
     *     settings
     * @param ids of the schemas that the values are written with
     */
    public static TopicWriter connect(Map<String, ?> kafka, SchemaIds ids) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT.toMillis());
        settings.putAll(kafka);
        return new TopicWriter(
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()), ids);
    }

    /** Waits while the producer's buffer is full, or while it does not know the topic; at most {@code max.block.ms}. */
    @Override
    public <K, V> CompletableFuture<RecordMetadata> write(Topic<K, V> topic, K key, V value) {
        CompletableFuture<RecordMetadata> written = new CompletableFuture<>();
        try {
            byte[] keyBytes = topic.keySerde(ids).serializer().serialize(topic.name(), key);
            byte[] valueBytes = topic.valueSerde(ids).serializer().serialize(topic.name(), value);
            // The accumulator copies the bytes into its own buffer before send returns.
            producer.send(new ProducerRecord<>(topic.name(), keyBytes, valueBytes), (metadata, failure) -> {
                if (failure == null) {
                    written.complete(metadata);
                } else {
                    written.completeExceptionally(failure);
                }
            });
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            written.completeExceptionally(e);
        }
        return written;
    }

    /** Waits up to ten seconds for what is under way. */
    @Override
    public void close() {
        close(Duration.ofSeconds(10));
    }

    /** Waits so long for what is under way. */
    public void close(Duration patience) {
        producer.close(patience);
    }
}
