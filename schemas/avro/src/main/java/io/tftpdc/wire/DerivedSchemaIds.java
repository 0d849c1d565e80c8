package io.tftpdc.wire;

import io.tftpdc.event.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Ids derived from the schema itself, without a registry: what our own registry answers, so that a record mirrored from
 * another site names a schema that resolves here too. Knows only the schemas that it was asked about.
 *
 * <p>Thread-safe; never blocks.
 */
public final class DerivedSchemaIds implements SchemaIds {
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    /** Printing a schema costs more than writing a record of it. */
    private final Map<Schema, Integer> ids = new ConcurrentHashMap<>();

    /** The first 31 bits of the SHA-256 of the schema's JSON, as Avro prints it; never 0. */
    public static int derive(String schemaJson) {
        int id = (int) (Sha256.of(schemaJson.getBytes(StandardCharsets.UTF_8)).a() >>> 33);
        return id == 0 ? 1 : id;
    }

    @Override
    public int idOf(String subject, Schema schema) {
        Integer derived = ids.get(schema);
        return derived == null ? remember(schema) : derived;
    }

    private int remember(Schema schema) {
        int id = derive(schema.toString());
        Schema known = schemas.putIfAbsent(id, schema);
        if (known != null && !known.equals(schema)) {
            throw new SerializationException("schemas " + known.getFullName() + " and " + schema.getFullName()
                    + " derive the same id " + id + "; change the documentation text of one of them");
        }
        ids.put(schema, id);
        return id;
    }

    @Override
    public Schema schemaOf(int id) {
        Schema schema = schemas.get(id);
        if (schema == null) {
            throw new SerializationException("no schema with id " + id + " is known here");
        }
        return schema;
    }
}
