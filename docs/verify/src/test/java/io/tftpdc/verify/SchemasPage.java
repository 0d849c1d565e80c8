package io.tftpdc.verify;

import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;

/** {@code docs/reference/schemas.md}, from the {@code doc} texts of the Avro schemas. */
final class SchemasPage {
    private SchemasPage() {}

    static String render() {
        Markdown page = new Markdown("Schemas", "the Avro schemas")
                .paragraph(
                        "Values are Avro in Confluent's wire format: byte 0, the schema's id in four bytes, Avro binary."
                                + " The id is derived from the schema itself, so it means the same at every site. Each schema"
                                + " is registered under the topic's name with `-value` behind it, and can be fetched from the"
                                + " registry: `curl -s http://localhost:8081/subjects/tftp.file-events-value/versions/latest`."
                                + " How schemas may change is said in"
                                + " [add an event type](../how-to/add-an-event-type.md).");
        Map<String, Schema> inside = new TreeMap<>();
        for (Topic<?, ?> topic : Topics.all()) {
            topic.values().schema().ifPresent(schema -> {
                page.heading(2, schema.getName());
                page.paragraph(schema.getDoc() + " In `" + topic.name() + "`. Id "
                        + DerivedSchemaIds.derive(schema.toString()) + ".");
                fields(page, schema);
                collect(schema, inside);
            });
        }
        page.heading(2, "Parts");
        page.paragraph("What the schemas above are made of.");
        inside.values().forEach(part -> {
            page.heading(3, part.getName());
            page.paragraph(part.getDoc());
            if (part.getType() == Schema.Type.RECORD) {
                fields(page, part);
            }
        });
        return page.toString();
    }

    private static void fields(Markdown page, Schema record) {
        page.table(
                List.of("field", "type", "default", "meaning"),
                record.getFields().stream()
                        .map(field -> List.of(
                                "`" + field.name() + "`", type(field.schema()), defaultOf(field), field.doc())));
    }

    private static String type(Schema schema) {
        return switch (schema.getType()) {
            case UNION -> schema.getTypes().stream().map(SchemasPage::type).collect(Collectors.joining(" or "));
            case ARRAY -> "list of " + type(schema.getElementType());
            case MAP -> "map to " + type(schema.getValueType());
            case RECORD, FIXED, ENUM ->
                "[" + schema.getName() + "](#" + schema.getName().toLowerCase(Locale.ROOT) + ")";
            default -> schema.getName();
        };
    }

    private static String defaultOf(Schema.Field field) {
        if (!field.hasDefaultValue()) {
            return "";
        }
        Object value = field.defaultVal();
        if (JsonProperties.NULL_VALUE.equals(value)) {
            return "null";
        }
        String text = value.toString();
        return text.isEmpty() ? "empty" : "`" + text + "`";
    }

    private static void collect(Schema schema, Map<String, Schema> parts) {
        for (Schema part : children(schema)) {
            boolean named = part.getType() == Schema.Type.RECORD
                    || part.getType() == Schema.Type.FIXED
                    || part.getType() == Schema.Type.ENUM;
            if (!named || parts.put(part.getName(), part) == null) {
                collect(part, parts);
            }
        }
    }

    private static Set<Schema> children(Schema schema) {
        return switch (schema.getType()) {
            case RECORD ->
                schema.getFields().stream()
                        .map(Schema.Field::schema)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
            case ARRAY -> Set.of(schema.getElementType());
            case MAP -> Set.of(schema.getValueType());
            case UNION -> new LinkedHashSet<>(schema.getTypes());
            default -> Set.of();
        };
    }
}
