package io.tftpdc.edge.journal;

import io.tftpdc.topic.Topic;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The node's one producer, made when it is first used, since Kafka's address may not resolve before. Thread-safe. Waits
 * for every in-sync replica; a record that was not acknowledged after half a minute is given back to its sender.
 */
public final class EventSender implements AutoCloseable {
    private static final Duration MAX_BLOCK = Duration.ofMillis(1_500);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private Map<String, Object> settings;
    private SchemaIds ids;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private boolean closed;
    private volatile boolean away;

    /** @param kafka {@code bootstrap.servers} and whatever else the cluster asks for */
    public EventSender(Map<String, ?> kafka, SchemaIds ids) {
        this.ids = ids;
        this.settings = settings(kafka);
    }

    private static Map<String, Object> settings(Map<String, ?> kafka) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L << 20);
        return settings;
    }

    /**
     * Sends to another cluster from now on, by the ids of its schema registry. What is on its way to the former one is given back to its senders, although
     * some of it may have arrived. Waits only for the callbacks of those.
     */
    public void follow(Map<String, ?> kafka, SchemaIds itsIds) {
        KafkaProducer<byte[], byte[]> former;
        synchronized (this) {
            settings = settings(kafka);
            ids = itsIds;
            away = false;
            former = producer;
            producer = null;
        }
        close(former, Duration.ZERO);
    }

    /** Not while holding the lock: the producer waits for callbacks, and those for locks of others who send. */
    private static void close(@Nullable KafkaProducer<byte[], byte[]> former, Duration patience) {
        if (former != null) {
            former.close(patience);
        }
    }

    /**
     * Sends. May block for {@link #MAX_BLOCK} while Kafka is away, and longer while the schema registry is.
     *
     * @param callback told on the producer's thread when Kafka has the record, or will not have it
     * @throws KafkaException when it cannot be sent now; where Kafka is away, the callback is
     *     told instead
     */
    public <K, V> void send(Topic<K, V> topic, K key, V value, Callback callback) {
        SchemaIds its = ids();
        byte[] keyBytes = topic.keySerde(its).serializer().serialize(topic.name(), key);
        byte[] valueBytes = topic.valueSerde(its).serializer().serialize(topic.name(), value);
        KafkaProducer<byte[], byte[]> open = producerOf(its);
        try {
            open.send(new ProducerRecord<>(topic.name(), keyBytes, valueBytes), (metadata, error) -> {
                away = error instanceof TimeoutException;
                callback.onCompletion(metadata, error);
            });
        } catch (IllegalStateException e) {
            if (isCurrent(open)) {
                throw e;
            }
            throw new KafkaException("another cluster is written to from now on; try again", e);
        }
    }

    /** Whether Kafka did not answer last time, so that a node that stops need not wait for it. */
    boolean isAway() {
        return away;
    }

    private synchronized boolean isCurrent(KafkaProducer<byte[], byte[]> used) {
        return used == producer;
    }

    private synchronized SchemaIds ids() {
        return ids;
    }

    /** @param used ids by which the record was written */
    private synchronized KafkaProducer<byte[], byte[]> producerOf(SchemaIds used) {
        if (closed) {
            throw new IllegalStateException("the sender is closed");
        }
        if (used != ids) {
            throw new KafkaException("another cluster is written to from now on; try again");
        }
        KafkaProducer<byte[], byte[]> open = producer;
        if (open == null) {
            open = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
        }
        return open;
    }

    /** Gives what is on its way two seconds, unless Kafka is away. Idempotent. */
    @Override
    public void close() {
        KafkaProducer<byte[], byte[]> former;
        synchronized (this) {
            closed = true;
            former = producer;
            producer = null;
        }
        close(former, away ? Duration.ZERO : CLOSE);
    }
}
