package io.tftpdc.edge.upload;

import io.tftpdc.client.RecordWriter;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.topic.Topic;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The uploads' own producer, made when it is first used, since Kafka's address may not resolve before. After a failure
 * writes fail at once for a while, so that threads are not held up one after the other by a Kafka that is away.
 * Thread-safe. {@link #write} may block for {@link #MAX_BLOCK}, and longer while the schema registry is asked for the
 * first time.
 */
final class KafkaLink implements RecordWriter, AutoCloseable {
    private static final Duration MAX_BLOCK = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /** How long a failure stands for the next ones. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    /** More than the chunks that are usually on their way; when it is full, a write waits for room. */
    private static final long BUFFER_BYTES = 48L << 20;

    private final Map<String, Object> settings;
    private final SchemaIds ids;
    private final BooleanSupplier reachable;
    private final LongSupplier nanos;
    private @Nullable TopicWriter writer;
    private boolean closed;
    private volatile boolean failed;
    private volatile long failedAt;

    /**
     * @param kafka {@code bootstrap.servers} and whatever else the cluster asks for
     * @param deliveryTimeout after which a record counts as lost, retries included
     * @param reachable whether Kafka answered somebody else in this process lately
     * @param nanos monotonic, such as {@link System#nanoTime()}
     */
    KafkaLink(
            Map<String, ?> kafka,
            SchemaIds ids,
            Duration deliveryTimeout,
            BooleanSupplier reachable,
            LongSupplier nanos) {
        this.ids = ids;
        this.reachable = reachable;
        this.nanos = nanos;
        settings = new HashMap<>();
        int delivery = (int) Math.max(1_000, deliveryTimeout.toMillis());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(5_000, delivery));
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500L);
        settings.putAll(kafka);
    }

    /** Whether a write is not worth trying now. Does not block. */
    boolean isAway() {
        return failedLately() || !reachable.getAsBoolean();
    }

    private boolean failedLately() {
        return failed && nanos.getAsLong() - failedAt < RETRY_AFTER.toNanos();
    }

    @Override
    public <K, V> CompletableFuture<RecordMetadata> write(Topic<K, V> topic, K key, V value) {
        if (failedLately()) {
            return CompletableFuture.failedFuture(new TimeoutException("Kafka did not answer a moment ago"));
        }
        CompletableFuture<RecordMetadata> written;
        try {
            written = writer().write(topic, key, value);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException | IllegalStateException e) {
            written = CompletableFuture.failedFuture(e);
        }
        return written.whenComplete((metadata, failure) -> {
            failedAt = nanos.getAsLong();
            failed = failure != null;
        });
    }

    private synchronized TopicWriter writer() {
        if (closed) {
            throw new IllegalStateException("the node is stopping");
        }
        TopicWriter open = writer;
        if (open == null) {
            open = TopicWriter.connect(settings, ids);
            writer = open;
        }
        return open;
    }

    /** Gives what is on its way two seconds, unless Kafka is away. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        if (writer != null) {
            writer.close(failed ? Duration.ZERO : CLOSE);
            writer = null;
        }
    }
}
