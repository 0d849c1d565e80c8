package io.tftpdc.client;

import io.tftpdc.topic.Topic;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Writes records and says when Kafka has them for good. Thread-safe. */
public interface RecordWriter {

    /**
     * Hands a record over. The future completes when every in-sync replica has it, or exceptionally with Kafka's reason;
     * also what fails before sending is reported through it. An array given as value is free to be overwritten when this
     * method returns. May block for a bounded time; the implementation says when.
     *
     * @throws org.apache.kafka.common.errors.InterruptException when the thread is interrupted
     */
    <K, V> CompletableFuture<RecordMetadata> write(Topic<K, V> topic, K key, V value);
}
