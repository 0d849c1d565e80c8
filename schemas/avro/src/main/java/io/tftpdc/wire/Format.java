package io.tftpdc.wire;

import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.Serde;

/**
 * How a key or a value of a topic is written. Obtained from {@link Formats}.
 *
 * @param <T> the model's type
 */
public interface Format<T> {

    /**
     * A serde for Kafka's clients and Streams. Its deserializer throws {@link
     * org.apache.kafka.common.errors.SerializationException} on bytes that are no T; null stays null in both
     * directions, as tombstones need. Thread-safe.
     */
    Serde<T> serde(SchemaIds ids);

    /** The Avro schema, for formats that are written in Avro. */
    Optional<Schema> schema();

    /** A few words for people: {@code Avro FileEvent}, {@code UTF-8 text}. */
    String description();
}
