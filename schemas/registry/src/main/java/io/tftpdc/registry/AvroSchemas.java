package io.tftpdc.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** What we ask of Avro: reading schemas with the types they refer to, and comparing a reader with a writer. */
final class AvroSchemas {

    private AvroSchemas() {}

    /** A schema together with how it is stored. */
    record Parsed(Schema avro, SchemaContent content) {}

    /** A text that is no Avro schema, or refers to what is not there; the message says which. */
    static final class InvalidSchemaException extends Exception {
        InvalidSchemaException(String message) {
            super(message);
        }
    }

    static Parsed parse(SubjectStore store, String text, List<SchemaReference> references)
            throws InvalidSchemaException {
        Map<String, Schema> known = new LinkedHashMap<>();
        for (SchemaReference reference : references) {
            resolve(store, reference, known);
        }
        Schema avro = parse(text, known.values());
        return new Parsed(avro, new SchemaContent(print(avro, known.values()), references));
    }

    private static void resolve(SubjectStore store, SchemaReference reference, Map<String, Schema> known)
            throws InvalidSchemaException {
        RegisteredSchema target = store.version(reference.subject(), new VersionSpec(reference.version()), true)
                .orElseThrow(() -> new InvalidSchemaException("No schema reference found for subject \""
                        + reference.subject() + "\" and version " + reference.version() + "; register it first"));
        if (known.containsKey(reference.name())) {
            return;
        }
        for (SchemaReference inner : target.content().references()) {
            resolve(store, inner, known);
        }
        Schema schema = parse(target.content().text(), known.values());
        if (!(schema.getType() == Schema.Type.RECORD
                || schema.getType() == Schema.Type.ENUM
                || schema.getType() == Schema.Type.FIXED)) {
            throw new InvalidSchemaException(
                    "The reference to subject \"" + reference.subject() + "\" version " + reference.version()
                            + " is not a named type but a " + schema.getType().getName());
        }
        known.put(schema.getFullName(), schema);
    }

    private static Schema parse(String text, Collection<Schema> known) throws InvalidSchemaException {
        try {
            Schema.Parser parser = new Schema.Parser();
            if (!known.isEmpty()) {
                parser.addTypes(new ArrayList<>(known));
            }
            return parser.parse(text);
        } catch (AvroRuntimeException e) {
            throw new InvalidSchemaException("Invalid Avro schema: " + e.getMessage());
        } catch (NullPointerException e) { // Avro's own answer to an unknown type at the top
            throw new InvalidSchemaException("Invalid Avro schema: it names a type that is not defined");
        } catch (StackOverflowError e) {
            throw new InvalidSchemaException("Invalid Avro schema: nested too deeply");
        }
    }

    @SuppressWarnings("deprecation") // the only printing that leaves referenced types out
    private static String print(Schema schema, Collection<Schema> known) {
        return known.isEmpty() ? schema.toString() : schema.toString(known, false);
    }

    /** Why the schema may not follow this earlier one at this level; empty if it may. */
    static List<String> incompatibilities(
            CompatibilityLevel level, Schema schema, RegisteredSchema earlier, Schema old) {
        List<String> reasons = new ArrayList<>();
        if (level.newReadsOld()) {
            reasons.addAll(differences(schema, old, "the new schema cannot read data of version " + earlier.version()));
        }
        if (level.oldReadsNew()) {
            reasons.addAll(
                    differences(old, schema, "version " + earlier.version() + " cannot read data of the new schema"));
        }
        return reasons;
    }

    private static List<String> differences(Schema reader, Schema writer, String what) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .stream()
                .map(i -> what + ": " + i.getType() + " at '" + i.getLocation() + "': " + i.getMessage())
                .toList();
    }
}
