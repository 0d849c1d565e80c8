package io.tftpdc.registry;

import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Confluent's own classes, by reflection since they are on the class path of integration tests only. */
final class ConfluentClients {

    private final Object client;

    ConfluentClients(String url) throws Exception {
        client = Class.forName("io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient")
                .getConstructor(List.class, int.class, List.class, Map.class)
                .newInstance(
                        List.of(url),
                        100,
                        List.of(instance("io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider")),
                        Map.of());
    }

    static Serializer<Object> serializer(String url, Map<String, ?> settings) throws Exception {
        @SuppressWarnings("unchecked")
        Serializer<Object> serializer =
                (Serializer<Object>) instance("io.confluent.kafka.serializers.KafkaAvroSerializer");
        serializer.configure(with(url, settings), false);
        return serializer;
    }

    static Deserializer<Object> deserializer(String url) throws Exception {
        @SuppressWarnings("unchecked")
        Deserializer<Object> deserializer =
                (Deserializer<Object>) instance("io.confluent.kafka.serializers.KafkaAvroDeserializer");
        deserializer.configure(with(url, Map.of()), false);
        return deserializer;
    }

    private static Map<String, ?> with(String url, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("schema.registry.url", url);
        return all;
    }

    private static Object instance(String name) throws Exception {
        return Class.forName(name).getDeclaredConstructor().newInstance();
    }

    int register(String subject, Schema schema) throws Exception {
        return (int) call("register", new Class<?>[] {String.class, parsedSchema()}, subject, parsed(schema));
    }

    int idOf(String subject, Schema schema) throws Exception {
        return (int) call("getId", new Class<?>[] {String.class, parsedSchema()}, subject, parsed(schema));
    }

    boolean isCompatible(String subject, Schema schema) throws Exception {
        return (boolean)
                call("testCompatibility", new Class<?>[] {String.class, parsedSchema()}, subject, parsed(schema));
    }

    String setLevel(String subject, String level) throws Exception {
        return (String) call("updateCompatibility", new Class<?>[] {String.class, String.class}, subject, level);
    }

    String level(String subject) throws Exception {
        return (String) call("getCompatibility", new Class<?>[] {String.class}, subject);
    }

    Object subjects() throws Exception {
        return call("getAllSubjects", new Class<?>[0]);
    }

    Object versions(String subject) throws Exception {
        return call("getAllVersions", new Class<?>[] {String.class}, subject);
    }

    Object delete(String subject, boolean permanent) throws Exception {
        return call("deleteSubject", new Class<?>[] {String.class, boolean.class}, subject, permanent);
    }

    String mode() throws Exception {
        return (String) call("getMode", new Class<?>[0]);
    }

    /** HTTP status and error code of a RestClientException. */
    static List<Integer> codes(Exception e) throws ReflectiveOperationException {
        return List.of((Integer) e.getClass().getMethod("getStatus").invoke(e), (Integer)
                e.getClass().getMethod("getErrorCode").invoke(e));
    }

    private static Class<?> parsedSchema() throws ClassNotFoundException {
        return Class.forName("io.confluent.kafka.schemaregistry.ParsedSchema");
    }

    private static Object parsed(Schema schema) throws Exception {
        return Class.forName("io.confluent.kafka.schemaregistry.avro.AvroSchema")
                .getConstructor(Schema.class)
                .newInstance(schema);
    }

    private Object call(String name, Class<?>[] types, Object... arguments) throws Exception {
        try {
            return client.getClass().getMethod(name, types).invoke(client, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
