package io.tftpdc.wire;

import io.tftpdc.event.AlertEvent;
import io.tftpdc.event.AuditEvent;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.TransferEvent;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.convergence.DigestReport;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Every format that a key or value of our topics has. */
public final class Formats {
    private Formats() {}

    /** Bytes as they are. */
    public static final Format<byte[]> BYTES = plain("bytes", bytes -> bytes, bytes -> bytes);

    public static final Format<String> TEXT =
            plain("UTF-8 text", text -> text.getBytes(StandardCharsets.UTF_8), Formats::text);

    /** {@code tenant/path} in UTF-8. */
    public static final Format<FileKey> FILE_KEY = plain(
            "UTF-8 text tenant/path",
            key -> key.toString().getBytes(StandardCharsets.UTF_8),
            bytes -> FileKey.parse(text(bytes)));

    /** The 32 raw bytes of a digest. */
    public static final Format<Sha256> SHA_256 = plain("32 bytes SHA-256", Sha256::bytes, Sha256::ofDigest);

    public static final Format<FileEvent> FILE_EVENT = avro(new FileEventMapper());
    public static final Format<FileIndexEntry> FILE_INDEX_ENTRY = avro(new FileIndexEntryMapper());
    public static final Format<ContentLocation> CONTENT_LOCATION = avro(new ContentLocationMapper());
    public static final Format<RejectedRecord> REJECTED_RECORD = avro(new RejectedRecordMapper());
    public static final Format<TransferEvent> TRANSFER_EVENT = avro(new TransferEventMapper());
    public static final Format<ConfigEvent> CONFIG_EVENT = avro(new ConfigEventMapper());
    public static final Format<NodeReported> NODE_REPORTED = avro(new NodeReportedMapper());
    public static final Format<AuditEvent> AUDIT_EVENT = avro(new AuditEventMapper());
    public static final Format<AlertEvent> ALERT_EVENT = avro(new AlertEventMapper());

    public static final Format<DigestReport> DIGEST_REPORT = avro(new DigestReportMapper());

    private static <M, A extends SpecificRecord> Format<M> avro(AvroMapper<M, A> mapper) {
        return new Format<>() {
            @Override
            public Serde<M> serde(SchemaIds ids) {
                ConfluentWireFormat<M, A> wire = new ConfluentWireFormat<>(mapper, ids);
                return Serdes.serdeFrom(
                        (topic, value) -> value == null ? null : wire.encode(topic + "-value", value),
                        (topic, bytes) -> bytes == null ? null : wire.decode(bytes));
            }

            @Override
            public Optional<Schema> schema() {
                return Optional.of(mapper.schema());
            }

            @Override
            public String description() {
                return "Avro " + mapper.schema().getName();
            }
        };
    }

    private static <T> Format<T> plain(String description, Function<T, byte[]> write, Function<byte[], T> read) {
        return new Format<>() {
            @Override
            public Serde<T> serde(SchemaIds ids) {
                return Serdes.serdeFrom(
                        (topic, value) -> value == null ? null : write.apply(value),
                        (topic, bytes) -> bytes == null ? null : decoded(topic, bytes));
            }

            private T decoded(String topic, byte[] bytes) {
                try {
                    return read.apply(bytes);
                } catch (IllegalArgumentException e) {
                    throw new SerializationException(
                            "record in " + topic + " is no " + description + ": " + e.getMessage(), e);
                }
            }

            @Override
            public Optional<Schema> schema() {
                return Optional.empty();
            }

            @Override
            public String description() {
                return description;
            }
        };
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
