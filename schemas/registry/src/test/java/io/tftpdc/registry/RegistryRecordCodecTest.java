package io.tftpdc.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegistryRecordCodecTest {

    @Test
    void recordsHaveTheShapeThatToolsForTheTopicKnow() {
        RegistryRecord version = new RegistryRecord.VersionSet(
                new RegisteredSchema("s", 1, 7, new SchemaContent("\"int\"", List.of()), false));
        RegistryRecord level = new RegistryRecord.LevelSet(Optional.empty(), Optional.of(CompatibilityLevel.FULL));

        assertThat(key(version)).isEqualTo("{\"keytype\":\"SCHEMA\",\"subject\":\"s\",\"version\":1,\"magic\":1}");
        assertThat(value(version))
                .isEqualTo("{\"subject\":\"s\",\"version\":1,\"id\":7,\"schema\":\"\\\"int\\\"\",\"deleted\":false}");
        assertThat(key(level)).isEqualTo("{\"keytype\":\"CONFIG\",\"subject\":null,\"magic\":0}");
        assertThat(value(level)).isEqualTo("{\"compatibilityLevel\":\"FULL\"}");
    }

    @Test
    void whateverIsNotOursBecomesUnknownAndChangesNothing() {
        List<RegistryRecord> strange = List.of(
                decode(null, "x"),
                decode("not json", "x"),
                decode("[]", "{}"),
                decode("{\"keytype\":\"NOOP\",\"magic\":0}", null),
                decode("{\"keytype\":\"SCHEMA\",\"subject\":\"s\"}", "{}"),
                decode("{\"keytype\":\"SCHEMA\",\"subject\":\"s\",\"version\":1}", "{\"id\":0,\"schema\":\"x\"}"),
                decode("{\"keytype\":\"CONFIG\"}", "{\"compatibilityLevel\":\"SOMETIMES\"}"),
                decode("{\"keytype\":\"MODE\"}", "7"));

        assertThat(strange).allMatch(record -> record instanceof RegistryRecord.Unknown);
        SubjectStore store = SubjectStore.EMPTY.with(strange);
        assertThat(store.unknownRecords()).isEqualTo(strange.size());
        assertThat(store.schemaCount()).isZero();
    }

    private static RegistryRecord decode(@Nullable String key, @Nullable String value) {
        return RegistryRecordCodec.decode(
                key == null ? null : key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
    }

    private static String key(RegistryRecord record) {
        return new String(RegistryRecordCodec.key(record), UTF_8);
    }

    private static String value(RegistryRecord record) {
        return new String(RegistryRecordCodec.value(record).orElseThrow(), UTF_8);
    }
}
