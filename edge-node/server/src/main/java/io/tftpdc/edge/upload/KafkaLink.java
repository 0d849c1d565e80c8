package io.tftpdc.edge.upload;

import io.tftpdc.client.RecordWriter;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.topic.Topic;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The uploads' own producer, made when it is first used, since Kafka's address may not resolve before. After a failure that
 * is not the record's own, writes fail at once for a while, so that threads are not held up one after the other by a
 * Kafka that is away.
 * Thread-safe. {@link #write} may block for {@link #MAX_BLOCK}, and longer while the schema registry is asked for the
 * first time.
 */
final class KafkaLink implements RecordWriter, AutoCloseable {
    private static final Duration MAX_BLOCK = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /** How long a failure stands for the next ones, and a success. */
    private static final Duration STANDS_FOR = Duration.ofSeconds(2);
    /** Beyond the chunks that are usually on their way; when it is full, a write waits for room. */
    private static final long SPARE_BUFFER_BYTES = 32L << 20;

    private final Map<String, Object> settings;
    private final SchemaIds ids;
    private final BooleanSupplier reachable;
    private final LongSupplier nanos;
    private @Nullable TopicWriter writer;
    private boolean closed;
    private volatile Last last;

    /** How the last write went. */
    private record Last(String problem, long atNanos) {
        boolean failed() {
            return !problem.isEmpty();
        }
    }

    /**
     * @param kafka {@code bootstrap.servers} and whatever else the cluster asks for
     * @param deliveryTimeout after which a record counts as lost, retries included
     * @param bytesInFlight of chunks that are usually on their way
     * @param reachable whether Kafka answered somebody else in this process lately
     * @param nanos monotonic, such as {@link System#nanoTime()}
     */
    KafkaLink(
            Map<String, ?> kafka,
            SchemaIds ids,
            Duration deliveryTimeout,
            long bytesInFlight,
            BooleanSupplier reachable,
            LongSupplier nanos) {
        this.ids = ids;
        this.reachable = reachable;
        this.nanos = nanos;
        this.last = new Last("", nanos.getAsLong() - STANDS_FOR.toNanos());
        settings = new HashMap<>();
        int delivery = (int) Math.max(1_000, deliveryTimeout.toMillis());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(5_000, delivery));
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, bytesInFlight + SPARE_BUFFER_BYTES);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500L);
        settings.putAll(kafka);
    }

    /** Whether a write is not worth trying now. Does not block. */
    boolean isAway() {
        Last now = last;
        return isRecent(now) ? now.failed() : !reachable.getAsBoolean();
    }

    private boolean isRecent(Last answer) {
        return nanos.getAsLong() - answer.atNanos() < STANDS_FOR.toNanos();
    }

    @Override
    public <K, V> CompletableFuture<RecordMetadata> write(Topic<K, V> topic, K key, V value) {
        Last now = last;
        if (now.failed() && isRecent(now)) {
            return CompletableFuture.failedFuture(new TimeoutException("a moment ago: " + now.problem()));
        }
        TopicWriter open;
        try {
            open = writer();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException | IllegalStateException e) {
            answered(String.valueOf(e.getMessage()));
            return CompletableFuture.failedFuture(e);
        }
        return open.write(topic, key, value).whenComplete((metadata, failure) -> {
            if (failure == null) {
                answered("");
            } else if (concernsAll(failure)) {
                answered(String.valueOf(failure.getMessage()));
            }
        });
    }

    private void answered(String problem) {
        last = new Last(problem, nanos.getAsLong());
    }

    /** Whether other records would fare no better now; one that is too large, say, tells nothing of Kafka. */
    static boolean concernsAll(Throwable failure) {
        // Time-outs and disconnects are retriable ones.
        return cause(failure) instanceof RetriableException;
    }

    /**
     * Whether Kafka says that this very record is not to its liking, and so will say it again. Anything else may pass, or
     * be repaired by somebody: a broker that is away, an expired certificate, a missing permission, a fenced producer.
     */
    static boolean refusesForGood(Throwable failure) {
        return switch (cause(failure)) {
            case RecordTooLargeException larger -> true; // than the topic or the producer allows
            case RecordBatchTooLargeException larger -> true; // than a segment of the topic
            case InvalidRecordException invalid -> true;
            case InvalidTimestampException outOfBounds -> true;
            case PolicyViolationException violation -> true;
            default -> false;
        };
    }

    /** What went wrong, without what futures wrap it in. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
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
            writer.close(last.failed() ? Duration.ZERO : CLOSE);
            writer = null;
        }
    }
}
