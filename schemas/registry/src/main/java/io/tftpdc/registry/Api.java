package io.tftpdc.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bodies of requests and answers, as Confluent's clients know them. */
final class Api {

    /** What answers are; clients may also ask for the other two. */
    static final String V1_JSON = "application/vnd.schemaregistry.v1+json";

    static final String VENDOR_JSON = "application/vnd.schemaregistry+json; qs=0.9";
    static final String PLAIN_JSON = "application/json; qs=0.5";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Api() {}

    record Failure(@JsonProperty("error_code") int code, String message) {}

    record Id(int id) {}

    /** A version of a subject. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Version(
            String subject,
            int version,
            int id,
            String schemaType,
            List<SchemaReference> references,
            String schema,
            Optional<Boolean> deleted) {

        static Version of(RegisteredSchema registered) {
            return new Version(
                    registered.subject(),
                    registered.version(),
                    registered.id(),
                    "AVRO",
                    registered.content().references(),
                    registered.content().text(),
                    registered.deleted() ? Optional.of(true) : Optional.empty());
        }
    }

    /** A schema found by its id. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Schema(String schema, String schemaType, List<SchemaReference> references) {
        static Schema of(SchemaContent content) {
            return new Schema(content.text(), "AVRO", content.references());
        }
    }

    record SubjectVersion(String subject, int version) {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Compatibility(@JsonProperty("is_compatible") boolean compatible, List<String> messages) {}

    record Level(String compatibilityLevel) {}

    record LevelUpdate(String compatibility) {}

    record ModeBody(String mode) {}

    /** Reads the body of a request that carries a schema. The content type is not looked at: clients differ. */
    static RegistryRules.Candidate candidate(String body) {
        JsonNode json = object(body);
        List<SchemaReference> references = new ArrayList<>();
        for (JsonNode reference : json.path("references")) {
            references.add(new SchemaReference(
                    reference.path("name").asText(),
                    reference.path("subject").asText(),
                    reference.path("version").asInt()));
        }
        return new RegistryRules.Candidate(
                json.path("schema").isTextual() ? json.path("schema").textValue() : "",
                json.path("schemaType").asText(""),
                references,
                positive(json, "version"),
                positive(json, "id"));
    }

    /** Some clients send -1 or 0 for "none". */
    private static Optional<Integer> positive(JsonNode json, String name) {
        JsonNode node = json.path(name);
        return node.canConvertToInt() && node.intValue() > 0 ? Optional.of(node.intValue()) : Optional.empty();
    }

    static CompatibilityLevel level(String body) {
        String name = object(body).path("compatibility").asText("");
        return CompatibilityLevel.parse(name)
                .orElseThrow(() -> new RegistryException(RegistryError.invalidLevel(name)));
    }

    static Mode mode(String body) {
        String name = object(body).path("mode").asText("");
        return Mode.parse(name).orElseThrow(() -> new RegistryException(RegistryError.invalidMode(name)));
    }

    static VersionSpec version(String text) {
        return VersionSpec.parse(text).orElseThrow(() -> new RegistryException(RegistryError.invalidVersion(text)));
    }

    private static JsonNode object(String body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new RegistryException(new RegistryError(400, "The body is not JSON: " + e.getOriginalMessage()), e);
        }
        if (!json.isObject()) {
            throw new RegistryException(new RegistryError(400, "The body must be a JSON object"));
        }
        return json;
    }

    static <T> List<T> page(List<T> all, int offset, int limit) {
        int from = Math.max(0, Math.min(offset, all.size()));
        int to = limit < 0 ? all.size() : (int) Math.min((long) from + limit, all.size());
        return all.subList(from, to);
    }

    static <T> T required(Optional<T> found, RegistryError otherwise) {
        return found.orElseThrow(() -> new RegistryException(otherwise));
    }

    /** The answer of an accepted decision; a refusal is thrown. */
    static <T> T answer(Decision<T> decision) {
        return switch (decision) {
            case Decision.Accepted<T> accepted -> accepted.answer();
            case Decision.Refused<T> refused -> throw new RegistryException(refused.error());
        };
    }
}
