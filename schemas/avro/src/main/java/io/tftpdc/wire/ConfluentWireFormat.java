package io.tftpdc.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * One type of value in Confluent's wire format, which every Confluent-compatible client reads:
 *
 * <pre>
 *  0        1                    5
 * +--------+--------------------+---------------------
 * | magic  | schema id          | Avro binary ...
 * | 0      | 4 bytes big-endian |
 * +--------+--------------------+---------------------
 * </pre>
 *
 * <p>Decoding resolves the writer's schema to ours, so older and newer writers are read alike. Thread-safe.
 *
 * @param <M> the model's type
 * @param <A> its Avro record
 */
final class ConfluentWireFormat<M, A extends SpecificRecord> {
    static final byte MAGIC = 0;
    static final int HEADER_BYTES = 1 + Integer.BYTES;

    private final AvroMapper<M, A> mapper;
    private final SchemaIds ids;
    private final SpecificDatumWriter<A> writer;
    private final Map<Integer, SpecificDatumReader<A>> readers = new ConcurrentHashMap<>();

    ConfluentWireFormat(AvroMapper<M, A> mapper, SchemaIds ids) {
        this.mapper = mapper;
        this.ids = ids;
        this.writer = new SpecificDatumWriter<>(mapper.schema());
    }

    byte[] encode(String subject, M value) {
        int id = ids.idOf(subject, mapper.schema());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        bytes.write(MAGIC);
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            writer.write(mapper.toAvro(value), encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /** @throws SerializationException saying what was found and what was expected */
    M decode(byte[] written) {
        if (written.length < HEADER_BYTES || written[0] != MAGIC) {
            throw new SerializationException("value "
                    + (written.length < HEADER_BYTES
                            ? "is " + written.length + " bytes long"
                            : "starts with byte " + written[0])
                    + "; expected Confluent's wire format: byte 0, a 4-byte schema id, then an Avro "
                    + mapper.schema().getName());
        }
        int id = ByteBuffer.wrap(written, 1, Integer.BYTES).getInt();
        SpecificDatumReader<A> reader = readers.computeIfAbsent(id, this::readerFor);
        try {
            return mapper.fromAvro(reader.read(null, new BoundedDecoder(written, HEADER_BYTES)));
        } catch (IOException | RuntimeException e) {
            // Avro and the model throw all sorts on bytes that are not what they claim to be.
            throw new SerializationException(
                    "value with schema id " + id + " is no readable "
                            + mapper.schema().getName() + ": " + e.getMessage(),
                    e);
        }
    }

    private SpecificDatumReader<A> readerFor(int id) {
        Schema writerSchema = ids.schemaOf(id);
        return new SpecificDatumReader<>(writerSchema, mapper.schema());
    }
}
