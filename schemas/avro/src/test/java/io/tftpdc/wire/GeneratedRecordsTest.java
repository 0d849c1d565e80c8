package io.tftpdc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

/**
 * A generated class holds the schemas that its own refers to. One that was generated before a shared schema changed writes
 * by the former one and reads by the new one, which loses fields.
 */
class GeneratedRecordsTest {

    @Test
    void allClassesWereGeneratedFromTheSameSharedSchemas() throws Exception {
        Map<String, Schema> within = new HashMap<>();
        for (Schema schema : List.of(
                io.tftpdc.wire.avro.FileEvent.getClassSchema(),
                io.tftpdc.wire.avro.FileIndexEntry.getClassSchema(),
                io.tftpdc.wire.avro.ConfigEvent.getClassSchema(),
                io.tftpdc.wire.avro.AlertEvent.getClassSchema(),
                io.tftpdc.wire.avro.AuditEvent.getClassSchema())) {
            collect(schema, schema.getFullName(), within);
        }
        assertThat(within).hasSizeGreaterThan(10);
        for (Map.Entry<String, Schema> named : within.entrySet()) {
            String name = named.getKey().substring(named.getKey().lastIndexOf(' ') + 1);
            assertThat(named.getValue())
                    .as("%s; after a change of a shared schema, build with: ./mvnw clean verify", named.getKey())
                    .isEqualTo(SpecificData.get().getSchema(Class.forName(name)));
        }
    }

    private static void collect(Schema schema, String root, Map<String, Schema> named) {
        switch (schema.getType()) {
            case RECORD -> {
                if (named.putIfAbsent(root + " with " + schema.getFullName(), schema) == null) {
                    schema.getFields().forEach(field -> collect(field.schema(), root, named));
                }
            }
            case FIXED -> named.put(root + " with " + schema.getFullName(), schema);
            case ARRAY -> collect(schema.getElementType(), root, named);
            case MAP -> collect(schema.getValueType(), root, named);
            case UNION -> schema.getTypes().forEach(type -> collect(type, root, named));
            default -> {}
        }
    }
}
