package io.tftpdc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.TransferEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** Programs of different ages read each other. */
class EvolutionTest {
    private static final Schema TODAY = Formats.FILE_EVENT.schema().orElseThrow();
    private static final String ID = "00000001-0000-4000-8000-000000000001";

    private final SchemaIds ids = new DerivedSchemaIds();

    @Test
    void aFactThatIsNewerThanTheReaderIsAnUnknownEvent() throws IOException {
        Schema signed = Schema.createRecord("FileSigned", "A file was signed.", "io.tftpdc.wire.avro", false);
        signed.setFields(List.of(new Schema.Field("signature", Schema.create(Schema.Type.STRING), "Signature.")));
        Schema tomorrow = withField(
                TODAY,
                new Schema.Field(
                        "signed",
                        Schema.createUnion(Schema.create(Schema.Type.NULL), signed),
                        "Present when type is FileSigned.",
                        Schema.Field.NULL_DEFAULT_VALUE));
        GenericRecord event = event(tomorrow, "FileSigned")
                .set(
                        "signed",
                        new GenericRecordBuilder(signed).set("signature", "abc").build())
                .build();

        FileEvent read = read(write(tomorrow, event));

        assertThat(read).isInstanceOfSatisfying(FileEvent.UnknownEvent.class, unknown -> {
            assertThat(unknown.type()).isEqualTo("FileSigned");
            assertThat(unknown.key()).isEqualTo(FileKey.of("default", "boot/x"));
            assertThat(unknown.envelope().eventId()).isEqualTo(EventId.parse(ID));
        });
    }

    @Test
    void aRecordOfAnOlderWriterIsRead() throws IOException {
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : TODAY.getFields()) {
            if (!field.name().equals("published")) {
                fields.add(new Schema.Field(field, field.schema()));
            }
        }
        Schema yesterday = Schema.createRecord(TODAY.getName(), TODAY.getDoc(), TODAY.getNamespace(), false, fields);
        GenericRecord event = event(yesterday, "FileRemoved")
                .set(
                        "removed",
                        new GenericRecordBuilder(yesterday
                                        .getField("removed")
                                        .schema()
                                        .getTypes()
                                        .get(1))
                                .build())
                .build();

        assertThat(read(write(yesterday, event))).isInstanceOf(FileEvent.FileRemoved.class);
    }

    /** Journals hold such events from before an upgrade, and topics keep them for days. */
    @Test
    void aTransferThatARelease010WroteDownIsARead() throws IOException {
        Schema released =
                new Schema.Parser().parse(Files.readString(Path.of("released", "0.1.0", "TransferEvent.avsc")));
        GenericRecord envelope = new GenericRecordBuilder(
                        released.getField("envelope").schema())
                .set("eventId", ID)
                .set("origin", "dc2")
                .set("hybridTime", 42L)
                .set("actor", "edge:dc2-edge-1")
                .build();
        GenericRecord written = new GenericRecordBuilder(released)
                .set("envelope", envelope)
                .set("node", "dc2-edge-1")
                .set("protocol", "tftp")
                .set("clientAddress", "192.0.2.7")
                .set("clientPort", 2070)
                .set("tenant", "default")
                .set("path", "boot/x")
                .set("bytes", 512L)
                .set("durationMicros", 3L)
                .set("retransmissions", 0L)
                .set("outcome", "COMPLETED")
                .build();

        TransferEvent read = Formats.TRANSFER_EVENT
                .serde(ids)
                .deserializer()
                .deserialize("tftp.transfer-events", write(released, written));

        assertThat(read.operation()).isEqualTo(TransferEvent.READ);
        assertThat(read.bytes()).isEqualTo(512);
    }

    /** Sites are upgraded one after the other: the older one serves it from Kafka, or says that it is not there. */
    @Test
    void aReleaseThatKnowsNoLocationsReadsWhatHasOne() throws IOException {
        Schema released = new Schema.Parser().parse(Files.readString(Path.of("released", "0.1.0", "FileEvent.avsc")));
        FileContent content = new FileContent(new Sha256(1, 2, 3, 4), 0, 512, new FileContent.Inline(List.of()))
                .at(new ObjectLocation("s3://firmware/image.bin"));
        byte[] written = Formats.FILE_EVENT.serde(ids).serializer().serialize("tftp.file-events", published(content));
        Schema writer = Formats.FILE_EVENT.schema().orElseThrow();

        GenericRecord read = new GenericDatumReader<GenericRecord>(writer, released)
                .read(null, DecoderFactory.get().binaryDecoder(written, 5, written.length - 5, null));

        GenericRecord old = (GenericRecord) ((GenericRecord) read.get("published")).get("content");
        assertThat(old.get("hash")).hasToString(content.hash().hex());
        assertThat(old.getSchema().getField("location")).isNull();
    }

    @Test
    void whatAReleaseWithoutLocationsWroteHasNone() throws IOException {
        Schema released = new Schema.Parser().parse(Files.readString(Path.of("released", "0.1.0", "FileEvent.avsc")));
        Schema published = released.getField("published").schema().getTypes().get(1);
        GenericRecord content = new GenericRecordBuilder(
                        published.getField("content").schema())
                .set("hash", new Sha256(1, 2, 3, 4).hex())
                .set("size", 0L)
                .set("chunkSize", 512)
                .build();
        GenericRecord event = event(released, "FilePublished")
                .set(
                        "published",
                        new GenericRecordBuilder(published)
                                .set("content", content)
                                .build())
                .build();

        assertThat(read(write(released, event)))
                .isInstanceOfSatisfying(FileEvent.FilePublished.class, one -> assertThat(one.content())
                        .isEqualTo(new FileContent(
                                new Sha256(1, 2, 3, 4), 0, 512, new FileContent.Inline(List.of()), Optional.empty())));
    }

    private static FileEvent published(FileContent content) {
        return new FileEvent.FilePublished(
                new EventEnvelope(EventId.parse(ID), new SiteName("dc2"), new HybridTime(42), "user:anna"),
                FileKey.of("default", "boot/x"),
                content,
                "",
                Map.of());
    }

    private static Schema withField(Schema schema, Schema.Field added) {
        List<Schema.Field> fields = new ArrayList<>();
        schema.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        fields.add(added);
        return Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
    }

    private static GenericRecordBuilder event(Schema schema, String type) {
        GenericRecord envelope = new GenericRecordBuilder(
                        schema.getField("envelope").schema())
                .set("eventId", ID)
                .set("origin", "dc2")
                .set("hybridTime", 42L)
                .set("actor", "user:anna")
                .build();
        return new GenericRecordBuilder(schema)
                .set("envelope", envelope)
                .set("tenant", "default")
                .set("path", "boot/x")
                .set("type", type);
    }

    private byte[] write(Schema schema, GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0);
        bytes.write(ByteBuffer.allocate(4).putInt(ids.idOf("any", schema)).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        return bytes.toByteArray();
    }

    private FileEvent read(byte[] written) {
        return Formats.FILE_EVENT.serde(ids).deserializer().deserialize("tftp.file-events", written);
    }
}
