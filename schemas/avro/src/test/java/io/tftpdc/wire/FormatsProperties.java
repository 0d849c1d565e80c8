package io.tftpdc.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.property.RandomValues;
import io.tftpdc.property.Seeds;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class FormatsProperties {
    private static final String TOPIC = "tftp.some-topic";

    private final SchemaIds ids = new DerivedSchemaIds();

    @Test
    void whatIsWrittenIsReadBack() {
        Seeds.check(300, random -> {
            RandomRecords records = new RandomRecords(random);
            for (Map.Entry<Format<?>, Supplier<?>> one : records.all().entrySet()) {
                Serde<Object> serde = serde(one.getKey());
                Object value = one.getValue().get();

                byte[] written = serde.serializer().serialize(TOPIC, value);

                assertThat(serde.deserializer().deserialize(TOPIC, written)).isEqualTo(value);
                assertThat(serde.serializer().serialize(TOPIC, value))
                        .as("written again")
                        .isEqualTo(written);
            }
        });
    }

    @Test
    void everyAvroFormatIsTestedHere() throws IllegalAccessException {
        List<Format<?>> avro = new ArrayList<>();
        for (var field : Formats.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())
                    && field.get(null) instanceof Format<?> format
                    && format.schema().isPresent()) {
                avro.add(format);
            }
        }

        assertThat(new RandomRecords(new Random(0)).all().keySet()).containsExactlyInAnyOrderElementsOf(avro);
    }

    @Test
    void keysAreReadBack() {
        Seeds.check(1_000, random -> {
            RandomValues values = new RandomValues(random);
            FileKey key = values.key();
            Sha256 hash = values.hash();

            assertThat(throughKafka(Formats.FILE_KEY, key)).isEqualTo(key);
            assertThat(throughKafka(Formats.SHA_256, hash)).isEqualTo(hash);
            assertThat(throughKafka(Formats.TEXT, key.toString())).isEqualTo(key.toString());
        });
    }

    @Test
    void valuesStartWithTheMagicByteAndTheIdOfTheirSchema() {
        Seeds.check(5, random -> new RandomRecords(random).all().forEach((format, source) -> {
            byte[] written = serde(format).serializer().serialize(TOPIC, source.get());
            ByteBuffer buffer = ByteBuffer.wrap(written);

            assertThat(buffer.get()).isZero();
            assertThat(ids.schemaOf(buffer.getInt())).isEqualTo(format.schema().orElseThrow());
        }));
    }

    @Test
    void nullStaysNullAsTombstonesNeed() {
        List<Format<?>> formats =
                new ArrayList<>(new RandomRecords(new Random(0)).all().keySet());
        formats.addAll(List.of(Formats.BYTES, Formats.TEXT, Formats.FILE_KEY, Formats.SHA_256));

        assertThat(formats).allSatisfy(format -> {
            Serde<Object> serde = serde(format);
            assertThat(serde.serializer().serialize(TOPIC, null)).isNull();
            assertThat(serde.deserializer().deserialize(TOPIC, (byte[]) null)).isNull();
        });
    }

    @Test
    void arbitraryBytesThrowNothingButASerializationException() {
        Seeds.check(1_000, random -> {
            RandomRecords records = new RandomRecords(random);
            for (Map.Entry<Format<?>, Supplier<?>> one : records.all().entrySet()) {
                Serde<Object> serde = serde(one.getKey());
                byte[] valid =
                        serde.serializer().serialize(TOPIC, one.getValue().get());

                readsOrRefuses(serde, new RandomValues(random).bytes(60));
                readsOrRefuses(serde, damaged(valid, random));
            }
            readsOrRefuses(serde(Formats.FILE_KEY), new RandomValues(random).bytes(60));
            readsOrRefuses(serde(Formats.SHA_256), new RandomValues(random).bytes(60));
            readsOrRefuses(serde(Formats.TEXT), new RandomValues(random).bytes(60));
        });
    }

    @Test
    void aLengthThatTheRecordCannotHoldIsNotAllocated() {
        Serde<Object> serde = serde(Formats.CONTENT_LOCATION);
        ids.idOf("any", Formats.CONTENT_LOCATION.schema().orElseThrow());
        int id = DerivedSchemaIds.derive(
                Formats.CONTENT_LOCATION.schema().orElseThrow().toString());
        // A string of 2,147,483,639 bytes, as Avro writes such a length.
        byte[] hostile = ByteBuffer.allocate(10)
                .put((byte) 0)
                .putInt(id)
                .put(new byte[] {(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f})
                .array();

        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, hostile))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("claims a length of 2147483639");
    }

    @Test
    void plainTextIsRefusedWithWhatWasExpected() {
        Serde<Object> serde = serde(Formats.FILE_EVENT);

        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, "{\"json\":1}".getBytes(UTF_8)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("starts with byte 123")
                .hasMessageContaining("Confluent's wire format")
                .hasMessageContaining("FileEvent");
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, new byte[] {0, 1}))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("is 2 bytes long");
    }

    @Test
    void anIdThatNobodyRegisteredIsNamed() {
        assertThatThrownBy(() -> serde(Formats.FILE_EVENT)
                        .deserializer()
                        .deserialize(TOPIC, new byte[] {0, 0, 0, 0, 77, 1, 2, 3}))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("77");
    }

    @Test
    void aRecordOfAnotherTypeIsRefused() {
        Seeds.check(20, random -> {
            ContentLocation value = new ContentLocation("t", random.nextInt(), random.nextLong(), random.nextInt());
            byte[] location = serde(Formats.CONTENT_LOCATION).serializer().serialize(TOPIC, value);

            assertThatThrownBy(() -> serde(Formats.FILE_EVENT).deserializer().deserialize(TOPIC, location))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("no readable FileEvent");
        });
    }

    private static void readsOrRefuses(Serde<Object> serde, byte[] bytes) {
        try {
            serde.deserializer().deserialize(TOPIC, bytes);
        } catch (SerializationException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static byte[] damaged(byte[] valid, Random random) {
        byte[] bytes = random.nextInt(3) == 0 ? Arrays.copyOf(valid, random.nextInt(valid.length + 1)) : valid.clone();
        for (int i = random.nextInt(4); i > 0 && bytes.length > 5; i--) {
            bytes[5 + random.nextInt(bytes.length - 5)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private <T> T throughKafka(Format<T> format, T value) {
        Serde<T> serde = format.serde(ids);
        return serde.deserializer().deserialize(TOPIC, serde.serializer().serialize(TOPIC, value));
    }

    @SuppressWarnings("unchecked") // each format is used with its own values only
    private Serde<Object> serde(Format<?> format) {
        return ((Format<Object>) format).serde(ids);
    }
}
