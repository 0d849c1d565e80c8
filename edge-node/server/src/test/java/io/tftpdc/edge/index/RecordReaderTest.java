package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.edge.index.RecordReader.Read;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.golden.GoldenLog;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import io.tftpdc.wire.SchemaIds;
import io.tftpdc.wire.SchemaRegistryUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordReaderTest {
    private static final String INDEX = Topics.FILE_INDEX.name();
    private static final String PLACES = Topics.CONTENT_LOCATIONS.name();
    private static final Sha256 CHUNK = Sha256.of(new byte[] {1});
    private static final ContentLocation PLACE = new ContentLocation("tftp.content", 4, 17, 1);

    @TempDir
    private Path directory;

    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private final FileIndexEntry entry =
            GoldenLog.all().getFirst().entries().values().iterator().next();
    private RocksMemory memory;
    private IndexStore store;

    @BeforeEach
    void open() throws IOException {
        memory = new RocksMemory(8 << 20);
        store = IndexStore.open(directory, memory, INDEX, Topics.FILE_INDEX.valueSerde(ids));
    }

    @AfterEach
    void close() {
        store.close();
        memory.close();
    }

    @Test
    void manyRecordsOfAllKindsAreReadInTheirOrder() {
        byte[] key = entry.key().toString().getBytes(StandardCharsets.UTF_8);
        byte[] value = Topics.FILE_INDEX.valueSerde(ids).serializer().serialize(INDEX, entry);
        byte[] place = Topics.CONTENT_LOCATIONS.valueSerde(ids).serializer().serialize(PLACES, PLACE);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        List<Read> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            records.add(record(INDEX, key, value));
            expected.add(new Read.Entry(key, value, entry, IndexDigest.of(entry), IndexDigest.bucketOf(entry.key())));
            records.add(record(PLACES, CHUNK.bytes(), place));
            expected.add(new Read.Place(CHUNK, Optional.of(PLACE)));
            records.add(record(INDEX, key, null));
            expected.add(new Read.Tombstone(key));
            records.add(record(PLACES, CHUNK.bytes(), null));
            expected.add(new Read.Place(CHUNK, Optional.empty()));
        }

        List<Read> read = new RecordReader(store, ids, true).read(records);

        assertThat(read).isEqualTo(expected);
    }

    @Test
    void recordsThatAreNoGoodAreSaidSoAndTheOthersAreRead() {
        byte[] key = "default/another".getBytes(StandardCharsets.UTF_8);
        byte[] value = Topics.FILE_INDEX.valueSerde(ids).serializer().serialize(INDEX, entry);

        List<Read> read = new RecordReader(store, ids, true)
                .read(List.of(
                        record(INDEX, null, value),
                        record(INDEX, key, new byte[] {9}),
                        record(INDEX, key, value),
                        record(PLACES, key, null),
                        record(INDEX, key, null)));

        assertThat(read.subList(0, 4))
                .extracting(one -> ((Read.Unreadable) one).reason())
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("no key"),
                        reason -> assertThat(reason).contains("wire format"),
                        reason -> assertThat(reason)
                                .contains("'default/another'", entry.key().toString()),
                        reason -> assertThat(reason).contains("32"));
        assertThat(read.get(4)).isEqualTo(new Read.Tombstone(key));
    }

    @Test
    void registryThatIsAwayIsNoFaultOfTheRecord() {
        byte[] value = Topics.CONTENT_LOCATIONS.valueSerde(ids).serializer().serialize(PLACES, PLACE);
        SchemaIds away = new SchemaIds() {
            @Override
            public int idOf(String subject, Schema schema) {
                return ids.idOf(subject, schema);
            }

            @Override
            public Schema schemaOf(int id) {
                throw new SchemaRegistryUnavailableException("registry is away", new IOException("refused"));
            }
        };
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            records.add(record(PLACES, CHUNK.bytes(), value));
        }

        for (int count : new int[] {1, records.size()}) {
            assertThatThrownBy(() -> new RecordReader(store, away, true).read(records.subList(0, count)))
                    .isInstanceOf(SchemaRegistryUnavailableException.class)
                    .hasMessageContaining("registry is away");
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new ConsumerRecord<>(topic, 0, 0, key, value);
    }
}
