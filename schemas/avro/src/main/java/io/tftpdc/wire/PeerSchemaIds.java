package io.tftpdc.wire;

import java.util.List;
import org.apache.avro.Schema;

/**
 * Asks one registry, and the next when it does not answer. Every site gives a schema the same id, so it does not matter
 * whose answer it is. Thread-safe.
 *
 * @param registries one or more, the own one first
 */
public record PeerSchemaIds(List<SchemaIds> registries) implements SchemaIds {
    public PeerSchemaIds {
        registries = List.copyOf(registries);
    }

    private interface Question<T> {
        T put(SchemaIds registry);
    }

    @Override
    public int idOf(String subject, Schema schema) {
        return ask(registry -> registry.idOf(subject, schema));
    }

    @Override
    public Schema schemaOf(int id) {
        return ask(registry -> registry.schemaOf(id));
    }

    private <T> T ask(Question<T> question) {
        for (SchemaIds registry : registries.subList(0, registries.size() - 1)) {
            try {
                return question.put(registry);
            } catch (SchemaRegistryUnavailableException e) {
                continue; // the next one may answer
            }
        }
        return question.put(registries.getLast());
    }
}
