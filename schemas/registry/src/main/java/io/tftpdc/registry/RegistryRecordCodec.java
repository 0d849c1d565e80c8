package io.tftpdc.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How records look in {@code _schemas}: JSON keys and values of the same shape as those of Confluent's registry, so that
 * tools which read that topic understand ours. An empty value is a tombstone.
 *
 * <pre>
 * {"keytype":"SCHEMA","subject":"s","version":1,"magic":1}   {"subject":"s","version":1,"id":7,"schema":"…","deleted":false}
 * {"keytype":"CONFIG","subject":"s","magic":0}               {"compatibilityLevel":"FULL"}
 * {"keytype":"MODE","subject":null,"magic":0}                {"mode":"READONLY"}
 * </pre>
 */
final class RegistryRecordCodec {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RegistryRecordCodec() {}

    /** The key under which the record replaces earlier ones. */
    static byte[] key(RegistryRecord record) {
        return bytes(
                switch (record) {
                    case RegistryRecord.VersionSet set ->
                        versionKey(set.version().subject(), set.version().version());
                    case RegistryRecord.VersionRemoved removed -> versionKey(removed.subject(), removed.version());
                    case RegistryRecord.LevelSet set -> key("CONFIG", set.subject());
                    case RegistryRecord.ModeSet set -> key("MODE", set.subject());
                    case RegistryRecord.Unknown unknown ->
                        throw new IllegalArgumentException("Never written: " + unknown.why());
                });
    }

    /** The value, or nothing where the record is a tombstone. */
    static Optional<byte[]> value(RegistryRecord record) {
        Optional<ObjectNode> value =
                switch (record) {
                    case RegistryRecord.VersionSet set -> Optional.of(value(set.version()));
                    case RegistryRecord.LevelSet set ->
                        set.level().map(level -> JSON.createObjectNode().put("compatibilityLevel", level.name()));
                    case RegistryRecord.ModeSet set ->
                        set.mode().map(mode -> JSON.createObjectNode().put("mode", mode.name()));
                    case RegistryRecord.VersionRemoved removed -> Optional.empty();
                    case RegistryRecord.Unknown unknown -> Optional.empty();
                };
        return value.map(RegistryRecordCodec::bytes);
    }

    private static byte[] bytes(ObjectNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode versionKey(String subject, int version) {
        return JSON.createObjectNode()
                .put("keytype", "SCHEMA")
                .put("subject", subject)
                .put("version", version)
                .put("magic", 1);
    }

    private static ObjectNode key(String type, Optional<String> subject) {
        return JSON.createObjectNode()
                .put("keytype", type)
                .put("subject", subject.orElse(null))
                .put("magic", 0);
    }

    private static ObjectNode value(RegisteredSchema version) {
        ObjectNode value = JSON.createObjectNode()
                .put("subject", version.subject())
                .put("version", version.version())
                .put("id", version.id());
        if (!version.content().references().isEmpty()) {
            ArrayNode references = value.putArray("references");
            version.content().references().forEach(reference -> references
                    .addObject()
                    .put("name", reference.name())
                    .put("subject", reference.subject())
                    .put("version", reference.version()));
        }
        return value.put("schema", version.content().text()).put("deleted", version.deleted());
    }

    /** Reads any record; what is not ours becomes {@link RegistryRecord.Unknown}, never an exception. */
    static RegistryRecord decode(byte @Nullable [] key, byte @Nullable [] value) {
        if (key == null) {
            return new RegistryRecord.Unknown("no key");
        }
        try {
            JsonNode k = JSON.readTree(key);
            Optional<JsonNode> v = value == null ? Optional.empty() : Optional.of(JSON.readTree(value));
            return switch (k.path("keytype").asText()) {
                case "SCHEMA" -> version(k, v);
                case "CONFIG" ->
                    new RegistryRecord.LevelSet(
                            subject(k), v.map(node -> CompatibilityLevel.valueOf(text(node, "compatibilityLevel"))));
                case "MODE" -> new RegistryRecord.ModeSet(subject(k), v.map(node -> Mode.valueOf(text(node, "mode"))));
                default -> new RegistryRecord.Unknown("key type " + k.path("keytype"));
            };
        } catch (IOException | IllegalArgumentException e) {
            return new RegistryRecord.Unknown(String.valueOf(e.getMessage()));
        }
    }

    private static RegistryRecord version(JsonNode key, Optional<JsonNode> value) throws JsonProcessingException {
        String subject = text(key, "subject");
        int version = positive(key, "version");
        if (value.isEmpty()) {
            return new RegistryRecord.VersionRemoved(subject, version);
        }
        JsonNode v = value.get();
        List<SchemaReference> references = new ArrayList<>();
        for (JsonNode reference : v.path("references")) {
            references.add(new SchemaReference(
                    text(reference, "name"), text(reference, "subject"), positive(reference, "version")));
        }
        return new RegistryRecord.VersionSet(new RegisteredSchema(
                subject,
                version,
                positive(v, "id"),
                new SchemaContent(text(v, "schema"), references),
                v.path("deleted").asBoolean(false)));
    }

    private static Optional<String> subject(JsonNode key) {
        return key.hasNonNull("subject") ? Optional.of(text(key, "subject")) : Optional.empty();
    }

    private static String text(JsonNode node, String name) {
        if (!node.path(name).isTextual()) {
            throw new IllegalArgumentException("no " + name);
        }
        return node.path(name).textValue();
    }

    private static int positive(JsonNode node, String name) {
        if (!node.path(name).canConvertToInt() || node.path(name).intValue() < 1) {
            throw new IllegalArgumentException("no valid " + name);
        }
        return node.path(name).intValue();
    }
}
