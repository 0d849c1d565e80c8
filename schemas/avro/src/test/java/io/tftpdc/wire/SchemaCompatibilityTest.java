package io.tftpdc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.SchemaFormatter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a release wrote is read for ever, and what we write is read by every release: sites are upgraded one after the
 * other, and MirrorMaker carries records both ways.
 *
 * <p>{@code released/<version>/} holds the schemas of each release, each complete in itself. A release adds its folder
 * with {@code ./mvnw -pl schemas/avro -am verify -Dtest=SchemaCompatibilityTest
 * -Dsurefire.failIfNoSpecifiedTests=false -DskipITs -Dschemas.release=0.2.0}; none is edited.
 */
class SchemaCompatibilityTest {
    private static final Path RELEASED = Path.of("released");

    @BeforeAll
    static void writeANewRelease() throws IOException {
        String version = System.getProperty("schemas.release");
        if (version == null) {
            return;
        }
        Path folder = RELEASED.resolve(version);
        assertThat(folder).as("a release is never written twice").doesNotExist();
        Files.createDirectories(folder);
        for (Schema schema : current().values()) {
            Files.writeString(
                    folder.resolve(schema.getName() + ".avsc"), SchemaFormatter.format("json/pretty", schema) + "\n");
        }
    }

    @Test
    void everySchemaIsFullyCompatibleWithEveryReleasedOne() throws IOException {
        Map<String, Schema> current = current();
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, List<Schema>> release : released().entrySet()) {
            for (Schema old : release.getValue()) {
                Schema now = current.get(old.getFullName());
                if (now != null) {
                    problems(old, now)
                            .forEach(problem -> problems.add(old.getName() + " is not compatible with release "
                                    + release.getKey() + ": " + problem));
                }
            }
        }

        assertThat(problems)
                .as("a new field needs a default, and no field may go or change; see docs/how-to/add-an-event-type.md")
                .isEmpty();
    }

    @Test
    void everyReleasedSchemaStillExists() throws IOException {
        Set<String> released = new HashSet<>();
        released().values().forEach(schemas -> schemas.forEach(schema -> released.add(schema.getFullName())));

        assertThat(current().keySet()).containsAll(released);
        assertThat(released).as("the baseline is there").isNotEmpty();
    }

    @Test
    void everySchemaAndFieldSaysWhatItIs() {
        List<String> silent = new ArrayList<>();
        current().values().forEach(schema -> findSilent(schema, new HashSet<>(), silent));

        assertThat(silent).as("schemas and fields without \"doc\"").isEmpty();
    }

    @Test
    void removingAFieldWithoutDefaultIsFound() {
        Schema now = Formats.CONTENT_LOCATION.schema().orElseThrow();

        assertThat(problems(now, without(now, "offset"))).isNotEmpty();
    }

    @Test
    void addingAFieldWithoutDefaultIsFound() {
        Schema now = Formats.CONTENT_LOCATION.schema().orElseThrow();

        assertThat(problems(without(now, "offset"), now)).isNotEmpty();
    }

    @Test
    void changingATypeIsFoundEvenWhereOneDirectionWouldWork() {
        Schema now = Formats.CONTENT_LOCATION.schema().orElseThrow();
        Schema wider = new Schema.Parser()
                .parse(now.toString()
                        .replace("\"name\":\"size\",\"type\":\"int\"", "\"name\":\"size\",\"type\":\"long\""));

        assertThat(wider).isNotEqualTo(now);
        assertThat(problems(now, wider)).isNotEmpty();
    }

    @Test
    void addingAFieldWithADefaultIsFine() {
        Schema now = Formats.FILE_EVENT.schema().orElseThrow();

        assertThat(problems(without(now, "removed"), now)).isEmpty();
    }

    /** The schemas that topics are written with, by full name. */
    private static Map<String, Schema> current() {
        Map<String, Schema> schemas = new TreeMap<>();
        Topics.all()
                .forEach(topic ->
                        topic.values().schema().ifPresent(schema -> schemas.put(schema.getFullName(), schema)));
        return schemas;
    }

    private static Map<String, List<Schema>> released() throws IOException {
        Map<String, List<Schema>> releases = new TreeMap<>();
        try (Stream<Path> files = Files.walk(RELEASED)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".avsc")).toList()) {
                releases.computeIfAbsent(RELEASED.relativize(file).getName(0).toString(), version -> new ArrayList<>())
                        .add(new Schema.Parser().parse(Files.readString(file)));
            }
        }
        return releases;
    }

    /** What keeps the two from reading each other's records. */
    private static List<String> problems(Schema old, Schema now) {
        List<String> problems = new ArrayList<>();
        explain("a reader of today cannot read old records", now, old, problems);
        explain("an old reader cannot read records of today", old, now, problems);
        return problems;
    }

    private static void explain(String what, Schema reader, Schema writer, List<String> problems) {
        SchemaPairCompatibility pair = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (pair.getType() != SchemaCompatibilityType.COMPATIBLE) {
            pair.getResult()
                    .getIncompatibilities()
                    .forEach(one -> problems.add(
                            what + ": " + one.getType() + " at " + one.getLocation() + ": " + one.getMessage()));
        }
    }

    private static void findSilent(Schema schema, Set<String> seen, List<String> silent) {
        switch (schema.getType()) {
            case RECORD -> {
                if (seen.add(schema.getFullName())) {
                    note(schema.getFullName(), schema.getDoc(), silent);
                    for (Schema.Field field : schema.getFields()) {
                        note(schema.getFullName() + "." + field.name(), field.doc(), silent);
                        findSilent(field.schema(), seen, silent);
                    }
                }
            }
            case ENUM, FIXED -> note(schema.getFullName(), schema.getDoc(), silent);
            case ARRAY -> findSilent(schema.getElementType(), seen, silent);
            case MAP -> findSilent(schema.getValueType(), seen, silent);
            case UNION -> schema.getTypes().forEach(type -> findSilent(type, seen, silent));
            default -> {
                // Primitive types are described where they are used.
            }
        }
    }

    private static void note(String name, @Nullable String doc, List<String> silent) {
        if (doc == null || doc.isBlank()) {
            silent.add(name);
        }
    }

    private static Schema without(Schema schema, String name) {
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            if (!field.name().equals(name)) {
                fields.add(new Schema.Field(field, field.schema()));
            }
        }
        return Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
    }
}
