package io.tftpdc.wire;

import org.apache.avro.Schema;

/**
 * Knows the number under which a schema is registered, and the schema behind a number. Any thread may call it; a call
 * may block on the network the first time it sees a schema or a number, and not again.
 */
public interface SchemaIds {

    /**
     * The id of a schema, registering it when needed.
     *
     * @param subject {@code <topic>-value} (Confluent's TopicNameStrategy)
     * @throws org.apache.kafka.common.errors.SerializationException when the registry refuses it
     * @throws SchemaRegistryUnavailableException when the registry cannot be reached
     */
    int idOf(String subject, Schema schema);

    /**
     * The schema of an id.
     *
     * @throws org.apache.kafka.common.errors.SerializationException when there is none
     * @throws SchemaRegistryUnavailableException when the registry cannot be reached: do not skip the record then
     */
    Schema schemaOf(int id);

    /** Ids for what stays on this process's disk, and so need not be a registry's. */
    default SchemaIds forStorage() {
        return this;
    }
}
