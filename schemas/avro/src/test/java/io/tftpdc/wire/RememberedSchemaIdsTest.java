package io.tftpdc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ContentLocation;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberedSchemaIdsTest {
    private static final ContentLocation LOCATION = new ContentLocation("tftp.content", 3, 41, 512);

    @TempDir
    private Path directory;

    @Test
    void valuesAreReadAndWrittenWithoutTheRegistryOnceItHasAnswered() throws IOException {
        byte[] written = write(RememberedSchemaIds.in(directory, new DerivedSchemaIds()));

        RememberedSchemaIds afterRestart = RememberedSchemaIds.in(directory, new AwayRegistry());

        assertThat(serde(afterRestart).deserializer().deserialize("t", written)).isEqualTo(LOCATION);
        assertThat(write(afterRestart)).isEqualTo(written);
    }

    @Test
    void schemaThatWasOnlyReadIsRememberedToo() throws IOException {
        DerivedSchemaIds registry = new DerivedSchemaIds();
        byte[] written = serde(registry).serializer().serialize("t", LOCATION);
        serde(RememberedSchemaIds.in(directory, registry)).deserializer().deserialize("t", written);

        Serde<ContentLocation> afterRestart = serde(RememberedSchemaIds.in(directory, new AwayRegistry()));

        assertThat(afterRestart.deserializer().deserialize("t", written)).isEqualTo(LOCATION);
    }

    @Test
    void whatWasNeverAskedIsNotMadeUp() throws IOException {
        RememberedSchemaIds ids = RememberedSchemaIds.in(directory, new AwayRegistry());

        assertThatThrownBy(() -> write(ids)).isInstanceOf(SchemaRegistryUnavailableException.class);
    }

    @Test
    void whatStaysHereNeedsNoRegistryAndNoRecordLeavesWithSuchAnId() throws IOException {
        RememberedSchemaIds ids = RememberedSchemaIds.in(directory, new AwayRegistry());

        byte[] stored = write(ids.forStorage());

        SchemaIds afterRestart =
                RememberedSchemaIds.in(directory, new AwayRegistry()).forStorage();
        assertThat(serde(afterRestart).deserializer().deserialize("t", stored)).isEqualTo(LOCATION);
        assertThatThrownBy(() -> write(ids)).isInstanceOf(SchemaRegistryUnavailableException.class);
    }

    @Test
    void whatTheRegistryNamedIsReadFromStorageByThatNumber() throws IOException {
        SchemaIds seven = new SchemaIds() {
            @Override
            public int idOf(String subject, Schema schema) {
                return 7;
            }

            @Override
            public Schema schemaOf(int id) {
                throw new SerializationException("there is no schema " + id);
            }
        };
        RememberedSchemaIds ids = RememberedSchemaIds.in(directory, seven);
        byte[] asKafkaHasIt = write(ids);

        byte[] stored = write(ids.forStorage());

        assertThat(stored).isNotEqualTo(asKafkaHasIt);
        for (byte[] value : List.of(asKafkaHasIt, stored)) {
            assertThat(serde(ids.forStorage()).deserializer().deserialize("t", value))
                    .isEqualTo(LOCATION);
        }
    }

    @Test
    void filesThatCannotBeReadAreDeletedAndAskedForAgain() throws IOException {
        byte[] written = write(RememberedSchemaIds.in(directory, new DerivedSchemaIds()));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.write(file, new byte[0]);
            }
        }
        Files.writeString(directory.resolve("x.avsc"), "\"string\"");
        Files.writeString(directory.resolve("12.avsc"), "{\"type\":");

        RememberedSchemaIds afterPowerCut = RememberedSchemaIds.in(directory, new DerivedSchemaIds());

        assertThat(directory).isEmptyDirectory();
        assertThat(write(afterPowerCut)).isEqualTo(written);
        assertThat(write(RememberedSchemaIds.in(directory, new AwayRegistry()))).isEqualTo(written);
    }

    private static byte[] write(SchemaIds ids) {
        return serde(ids).serializer().serialize("t", LOCATION);
    }

    private static Serde<ContentLocation> serde(SchemaIds ids) {
        return Formats.CONTENT_LOCATION.serde(ids);
    }

    private static final class AwayRegistry implements SchemaIds {
        @Override
        public int idOf(String subject, Schema schema) {
            throw away();
        }

        @Override
        public Schema schemaOf(int id) {
            throw away();
        }

        private static SerializationException away() {
            return new SchemaRegistryUnavailableException("the registry is away", new IOException("refused"));
        }
    }
}
