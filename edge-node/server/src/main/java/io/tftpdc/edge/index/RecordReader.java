package io.tftpdc.edge.index;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import io.tftpdc.wire.SchemaRegistryUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of the two topics into what {@link IndexBatch} takes. It is where most of the work of building an index
 * is, and depends on nothing but the record, so many are read on all processors.
 */
final class RecordReader {
    /** Fewer are read faster than handed out. */
    private static final int PARALLEL_FROM = 256;

    private final IndexStore store;
    private final Deserializer<FileIndexEntry> entries;
    private final boolean storedAsWritten;
    private final Deserializer<Sha256> chunks;
    private final Deserializer<ContentLocation> places;

    /**
     * @param store keeps what is read
     * @param ids of the schemas that the records are written with
     * @param storedAsWritten whether the store knows these ids; otherwise entries are written anew for it
     */
    RecordReader(IndexStore store, SchemaIds ids, boolean storedAsWritten) {
        this.store = store;
        this.storedAsWritten = storedAsWritten;
        this.entries = Topics.FILE_INDEX.valueSerde(ids).deserializer();
        this.chunks = Topics.CONTENT_LOCATIONS.keySerde(ids).deserializer();
        this.places = Topics.CONTENT_LOCATIONS.valueSerde(ids).deserializer();
    }

    /** What a record says. */
    sealed interface Read {
        /**
         * What is known of a file now.
         *
         * @param value as it is stored
         * @param digest of the entry alone
         * @param bucket of its tenant that the digest counts in
         */
        record Entry(byte[] key, byte[] value, FileIndexEntry entry, IndexDigest digest, int bucket) implements Read {
            static Entry of(byte[] key, byte[] value, FileIndexEntry entry) {
                return new Entry(key, value, entry, IndexDigest.of(entry), IndexDigest.bucketOf(entry.key()));
            }
        }

        /** Nothing is known of a file any more. */
        record Tombstone(byte[] key) implements Read {}

        /** Where a chunk lies now; empty: nowhere. */
        record Place(Sha256 chunk, Optional<ContentLocation> location) implements Read {}

        /** The record is no good. */
        record Unreadable(ConsumerRecord<byte[], byte[]> record, String reason) implements Read {}
    }

    /**
     * Reads records, in parallel when they are many; the answers are in the records' order.
     *
     * @throws SchemaRegistryUnavailableException when a schema cannot be had now, which is no fault of the record
     */
    List<Read> read(List<ConsumerRecord<byte[], byte[]>> records) {
        Stream<ConsumerRecord<byte[], byte[]>> all =
                records.size() < PARALLEL_FROM ? records.stream() : records.parallelStream();
        return all.map(this::read).toList();
    }

    private Read read(ConsumerRecord<byte[], byte[]> record) {
        try {
            byte[] key = record.key();
            if (key == null) {
                throw new SerializationException("record has no key");
            }
            return record.topic().equals(Topics.FILE_INDEX.name())
                    ? entry(key, record.value())
                    : new Read.Place(
                            chunks.deserialize(record.topic(), key),
                            Optional.ofNullable(places.deserialize(record.topic(), record.value())));
        } catch (SchemaRegistryUnavailableException e) {
            throw e;
        } catch (SerializationException e) {
            return new Read.Unreadable(record, String.valueOf(e.getMessage()));
        }
    }

    private Read entry(byte[] key, byte @Nullable [] value) {
        if (storedAsWritten || value == null) {
            return entry(store, key, value);
        }
        return entry(store, key, store.encode(entries.deserialize(Topics.FILE_INDEX.name(), value)));
    }

    /**
     * Reads a record of the index topic as the store has it.
     *
     * @throws SerializationException when it is no entry, or that of another file
     */
    static Read entry(IndexStore store, byte[] key, byte @Nullable [] value) {
        if (value == null) {
            return new Read.Tombstone(key);
        }
        FileIndexEntry entry = store.decode(value);
        if (!Arrays.equals(entry.key().toString().getBytes(StandardCharsets.UTF_8), key)) {
            throw new SerializationException("record is keyed '" + new String(key, StandardCharsets.UTF_8)
                    + "' but holds the entry of " + entry.key());
        }
        return Read.Entry.of(key, value, entry);
    }
}
