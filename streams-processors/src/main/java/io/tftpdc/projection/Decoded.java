package io.tftpdc.projection;

import io.tftpdc.topic.Topic;
import io.tftpdc.wire.SchemaIds;
import io.tftpdc.wire.SchemaRegistryUnavailableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Record;

/** A record's key and value as the model's types, or why they are not. */
sealed interface Decoded<K, V> {
    record Good<K, V>(K key, V value) implements Decoded<K, V> {}

    /** @param reason what was found, what was expected and what to do */
    record Bad<K, V>(String reason) implements Decoded<K, V> {}

    /** Decodes the records of one topic and its mirrored ones. */
    final class Decoder<K, V> {
        private final Topic<K, V> topic;
        private final Deserializer<K> keys;
        private final Deserializer<V> values;

        Decoder(Topic<K, V> topic, SchemaIds ids) {
            this.topic = topic;
            this.keys = topic.keySerde(ids).deserializer();
            this.values = topic.valueSerde(ids).deserializer();
        }

        /** @throws SchemaRegistryUnavailableException when nobody can say now; the record is to be processed again */
        @SuppressWarnings("NullAway") // Kafka's records may have null keys and values, which their generics do not say
        Decoded<K, V> decode(Record<byte[], byte[]> record) {
            if (record.key() == null || record.value() == null) {
                return new Bad<>("the record has no " + (record.key() == null ? "key" : "value") + "; expected "
                        + topic.keys().description() + " and " + topic.values().description() + ". Publish and remove"
                        + " files through the doors that the manual names");
            }
            try {
                return new Good<>(
                        keys.deserialize(topic.name(), record.key()), values.deserialize(topic.name(), record.value()));
            } catch (SchemaRegistryUnavailableException e) {
                throw e;
            } catch (SerializationException e) {
                return new Bad<>(e.getMessage() + ". Find the producer that wrote it; only our own doors write to "
                        + topic.name());
            }
        }
    }
}
