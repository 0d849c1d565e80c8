package io.tftpdc.edge.index;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What the view keeps on disk. Five column families:
 *
 * <pre>
 *  index      tenant/path         epoch (1 byte), then the record's value as Kafka had it
 *  locations  SHA-256             LocationCodec
 *  digests    tenant/bucket       sum of the bucket's entry digests (32 bytes)
 *  meta       position/t/p, ...   offsets, topic ids, number of entries, last known completeness
 *  case       see CaseIndex       finds keys whatever the case of their letters
 * </pre>
 *
 * <p>Everything of one {@link IndexBatch} is written at once, so entries, digests and offsets always agree, also after
 * the process was killed. What Kafka had is kept as it is: most entries are never looked at, and decoding the few that
 * are takes microseconds.
 *
 * <p>The epoch tells entries of this topic from those of a former one. When a cluster was replaced, the view reads the
 * new topic from its beginning but goes on serving the old entries until it has all the new ones; see
 * {@link #startOver} and {@link #sweep}.
 *
 * <p>Reads from any thread; one writer.
 */
final class IndexStore implements AutoCloseable {
    private static final byte[] ENTRIES = text("entries");
    private static final byte[] COMPLETE_AS_OF = text("complete-as-of");
    private static final byte[] EPOCH = text("epoch");
    private static final byte[] SWEEP_PENDING = text("sweep-pending");
    private static final int SWEEP_BATCH = 10_000;

    private final DBOptions databaseOptions;
    private final ColumnFamilyOptions tableOptions;
    private final WriteOptions writeOptions = new WriteOptions();
    private final RocksDB db;
    private final ColumnFamilyHandle index;
    private final ColumnFamilyHandle locations;
    private final ColumnFamilyHandle digests;
    private final ColumnFamilyHandle meta;
    private final ColumnFamilyHandle caseFamily;
    private final CaseIndex caseIndex;
    private final Serde<FileIndexEntry> serde;
    private final String indexTopic;

    /** Held for reading around every native call: a call on a closed database would end the process. */
    private final ReadWriteLock lifecycle = new ReentrantReadWriteLock();

    private boolean closed;

    private final DigestTable table = new DigestTable();
    private volatile long entryCount;
    private volatile byte epoch;

    private IndexStore(
            RocksDB db,
            List<ColumnFamilyHandle> handles,
            DBOptions databaseOptions,
            ColumnFamilyOptions tableOptions,
            String indexTopic,
            Serde<FileIndexEntry> serde) {
        this.db = db;
        this.index = handles.get(1);
        this.locations = handles.get(2);
        this.digests = handles.get(3);
        this.meta = handles.get(4);
        this.caseFamily = handles.get(5);
        this.caseIndex = new CaseIndex(db, caseFamily);
        this.databaseOptions = databaseOptions;
        this.tableOptions = tableOptions;
        this.indexTopic = indexTopic;
        this.serde = serde;
    }

    /**
     * Opens or creates the store.
     *
     * @param indexTopic name under which the serde sees the records
     * @param serde of the index topic's values
     */
    static IndexStore open(Path directory, RocksMemory memory, String indexTopic, Serde<FileIndexEntry> serde)
            throws IOException {
        Files.createDirectories(directory);
        DBOptions databaseOptions = memory.database();
        ColumnFamilyOptions tableOptions = memory.table();
        List<ColumnFamilyDescriptor> families = List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, tableOptions),
                new ColumnFamilyDescriptor(text("index"), tableOptions),
                new ColumnFamilyDescriptor(text("locations"), tableOptions),
                new ColumnFamilyDescriptor(text("digests"), tableOptions),
                new ColumnFamilyDescriptor(text("meta"), tableOptions),
                new ColumnFamilyDescriptor(text("case"), tableOptions));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = RocksDB.open(databaseOptions, directory.toString(), families, handles);
            IndexStore store = new IndexStore(db, handles, databaseOptions, tableOptions, indexTopic, serde);
            store.load();
            return store;
        } catch (RocksDBException e) {
            tableOptions.close();
            databaseOptions.close();
            throw new IOException(
                    "The index in " + directory + " cannot be opened: " + e.getMessage()
                            + ". If it is damaged, delete that directory; it is rebuilt from Kafka",
                    e);
        }
    }

    private void load() throws RocksDBException {
        entryCount = number(db.get(meta, ENTRIES)).orElse(0);
        epoch = (byte) number(db.get(meta, EPOCH)).orElse(0);
        try (RocksIterator iterator = db.newIterator(digests)) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                table.set(DigestTable.Bucket.ofKey(iterator.key()), digest(iterator.value()));
            }
            iterator.status();
        }
        caseIndex.rebuildIfStale(index, meta, writeOptions);
    }

    /** What is known of a file; empty when nothing is. */
    Optional<FileIndexEntry> find(FileKey key) {
        return read(() -> {
            byte[] stored = db.get(index, text(key.toString()));
            return stored == null ? Optional.empty() : Optional.of(entryIn(stored));
        });
    }

    /**
     * A file that is there and whose name differs from this one in the case of its letters at most: the one in lower
     * case if there is, otherwise the first by the bytes of its name.
     */
    Optional<FileIndexEntry> findIgnoringCase(FileKey key) {
        return read(() -> {
            for (byte[] alike : caseIndex.alike(text(key.toString()))) {
                byte[] stored = db.get(index, alike);
                if (stored != null) {
                    FileIndexEntry entry = entryIn(stored);
                    if (entry.current().isPresent()) {
                        return Optional.of(entry);
                    }
                }
            }
            return Optional.empty();
        });
    }

    /** Where a chunk lies; empty when that is not known. */
    Optional<ContentLocation> locate(Sha256 chunk) {
        return read(() -> Optional.ofNullable(db.get(locations, chunk.bytes())).map(LocationCodec::decode));
    }

    /** Entries in the order of their keys' bytes, those after {@code after}, or from the beginning when it is empty. */
    List<FileIndexEntry> page(Optional<FileKey> after, int limit) {
        return read(() -> {
            List<FileIndexEntry> page = new ArrayList<>();
            try (RocksIterator iterator = db.newIterator(index)) {
                byte[] start = after.map(key -> text(key.toString())).orElse(new byte[0]);
                iterator.seek(start);
                if (iterator.isValid() && after.isPresent() && Arrays.equals(iterator.key(), start)) {
                    iterator.next();
                }
                for (; iterator.isValid() && page.size() < limit; iterator.next()) {
                    page.add(entryIn(iterator.value()));
                }
                iterator.status();
            }
            return page;
        });
    }

    /** Number of files, removed ones included. */
    long entries() {
        return entryCount;
    }

    /** The convergence digest of each tenant that has files. */
    Map<Tenant, IndexDigest> digests() {
        return table.tenants();
    }

    /** The digests of a tenant's buckets, {@value IndexDigest#BUCKETS} of them. */
    List<IndexDigest> buckets(Tenant tenant) {
        return table.buckets(tenant);
    }

    /** Offset of the next record to read; empty when none was read. */
    OptionalLong position(TopicPartition partition) {
        return read(() -> number(db.get(meta, positionKey(partition))));
    }

    /** The id of the topic that was read last under this name. */
    Optional<String> topicId(String topic) {
        return read(() -> Optional.ofNullable(db.get(meta, topicIdKey(topic)))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8)));
    }

    /** Wall clock milliseconds at which the copy was last known to be complete. */
    OptionalLong completeAsOf() {
        return read(() -> number(db.get(meta, COMPLETE_AS_OF)));
    }

    void rememberCompleteAsOf(long millis) {
        write(batch -> batch.put(meta, COMPLETE_AS_OF, number(millis)));
    }

    void rememberTopicId(String topic, String id) {
        write(batch -> batch.put(meta, topicIdKey(topic), text(id)));
    }

    /**
     * The topic is to be read from its beginning, because it is another one than before. Locations are forgotten at
     * once; index entries go on being served until {@link #sweep}.
     */
    void startOver(String topic, String topicId) {
        byte next = (byte) (epoch + 1);
        boolean isIndex = topic.equals(indexTopic);
        write(batch -> {
            try (RocksIterator iterator = db.newIterator(meta)) {
                byte[] prefix = text("position/" + topic + "/");
                for (iterator.seek(prefix); iterator.isValid() && startsWith(iterator.key(), prefix); iterator.next()) {
                    batch.delete(meta, iterator.key());
                }
                iterator.status();
            }
            batch.put(meta, topicIdKey(topic), text(topicId));
            if (isIndex) {
                batch.put(meta, EPOCH, number(next));
                batch.put(meta, SWEEP_PENDING, number(1));
            } else {
                batch.deleteRange(locations, new byte[0], maxKey());
            }
        });
        if (isIndex) {
            epoch = next;
        }
    }

    /**
     * Called when the new topic has been read whole: drops what only a former one knew. A new topic without any entry
     * is taken for one that is not filled yet, and drops nothing.
     *
     * @return how many entries were dropped
     */
    long sweep() {
        if (read(() -> db.get(meta, SWEEP_PENDING)) == null || !anyOfThisEpoch()) {
            return 0;
        }
        long dropped = 0;
        IndexBatch batch = batch();
        try (RocksIterator iterator = read(() -> db.newIterator(index))) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                if (iterator.value()[0] != epoch) {
                    batch.index(iterator.key(), null);
                    dropped++;
                    if (dropped % SWEEP_BATCH == 0) {
                        batch.commit();
                        batch = batch();
                    }
                }
            }
        }
        batch.commit();
        write(last -> last.delete(meta, SWEEP_PENDING));
        return dropped;
    }

    private boolean anyOfThisEpoch() {
        return read(() -> {
            try (RocksIterator iterator = db.newIterator(index)) {
                iterator.seekToFirst();
                while (iterator.isValid() && iterator.value()[0] != epoch) {
                    iterator.next();
                }
                iterator.status();
                return iterator.isValid();
            }
        });
    }

    /** Collects the changes of one poll; one at a time. */
    IndexBatch batch() {
        return new IndexBatch(this);
    }

    /** Writes memory to disk and closes. Idempotent; reads fail from here on. */
    @Override
    public void close() {
        lifecycle.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            List.of(index, locations, digests, meta, caseFamily).forEach(ColumnFamilyHandle::close);
            db.close();
            writeOptions.close();
            tableOptions.close();
            databaseOptions.close();
        } finally {
            lifecycle.writeLock().unlock();
        }
    }

    // What IndexBatch needs.

    /** The stored value of an entry: with its epoch in front, or null. */
    byte @Nullable [] stored(byte[] key) {
        byte[][] found = new byte[1][];
        read(() -> {
            found[0] = db.get(index, key);
            return true;
        });
        return found[0];
    }

    boolean isOfThisEpoch(byte[] stored) {
        return stored[0] == epoch;
    }

    byte[] withEpoch(byte[] value) {
        byte[] stored = new byte[value.length + 1];
        stored[0] = epoch;
        System.arraycopy(value, 0, stored, 1, value.length);
        return stored;
    }

    FileIndexEntry entryIn(byte[] stored) {
        return decode(Arrays.copyOfRange(stored, 1, stored.length));
    }

    FileIndexEntry decode(byte[] value) {
        return serde.deserializer().deserialize(indexTopic, value);
    }

    byte[] encode(FileIndexEntry entry) {
        return serde.serializer().serialize(indexTopic, entry);
    }

    void write(
            Map<ByteBuffer, Optional<byte[]>> entries,
            Map<Sha256, Optional<ContentLocation>> places,
            Map<TopicPartition, Long> positions,
            Map<DigestTable.Bucket, IndexDigest> digestChanges,
            long entryChange) {
        Map<DigestTable.Bucket, IndexDigest> sums = table.plus(digestChanges);
        write(batch -> {
            for (Map.Entry<ByteBuffer, Optional<byte[]>> entry : entries.entrySet()) {
                byte[] key = entry.getKey().array();
                putOrDelete(batch, index, key, entry.getValue());
                caseIndex.note(batch, key, entry.getValue().isPresent());
            }
            for (Map.Entry<Sha256, Optional<ContentLocation>> place : places.entrySet()) {
                putOrDelete(
                        batch,
                        locations,
                        place.getKey().bytes(),
                        place.getValue().map(LocationCodec::encode));
            }
            for (Map.Entry<TopicPartition, Long> position : positions.entrySet()) {
                batch.put(meta, positionKey(position.getKey()), number(position.getValue()));
            }
            for (Map.Entry<DigestTable.Bucket, IndexDigest> sum : sums.entrySet()) {
                batch.put(digests, sum.getKey().key(), bytes(sum.getValue()));
            }
            if (entryChange != 0) {
                batch.put(meta, ENTRIES, number(entryCount + entryChange));
            }
        });
        sums.forEach(table::set);
        setEntryCount(entryCount + entryChange);
    }

    private void setEntryCount(long count) {
        entryCount = count;
    }

    private static void putOrDelete(WriteBatch batch, ColumnFamilyHandle family, byte[] key, Optional<byte[]> value)
            throws RocksDBException {
        if (value.isPresent()) {
            batch.put(family, key, value.get());
        } else {
            batch.delete(family, key);
        }
    }

    private interface NativeRead<T> {
        T run() throws RocksDBException;
    }

    private interface NativeWrite {
        void fill(WriteBatch batch) throws RocksDBException;
    }

    private <T> T read(NativeRead<T> work) {
        lifecycle.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the index is closed");
            }
            return work.run();
        } catch (RocksDBException e) {
            throw new IndexStoreException("The local index cannot be read: " + e.getMessage(), e);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    private void write(NativeWrite work) {
        read(() -> {
            try (WriteBatch batch = new WriteBatch()) {
                work.fill(batch);
                db.write(writeOptions, batch);
            }
            return true;
        });
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] positionKey(TopicPartition partition) {
        return text("position/" + partition.topic() + "/" + partition.partition());
    }

    private static byte[] topicIdKey(String topic) {
        return text("topic-id/" + topic);
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static OptionalLong number(byte @Nullable [] bytes) {
        return bytes == null
                ? OptionalLong.empty()
                : OptionalLong.of(ByteBuffer.wrap(bytes).getLong());
    }

    private static byte[] bytes(IndexDigest digest) {
        return new Sha256(digest.a(), digest.b(), digest.c(), digest.d()).bytes();
    }

    private static IndexDigest digest(byte[] bytes) {
        Sha256 lanes = Sha256.ofDigest(bytes);
        return new IndexDigest(lanes.a(), lanes.b(), lanes.c(), lanes.d());
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Greater than every SHA-256. */
    private static byte[] maxKey() {
        byte[] key = new byte[Sha256.BYTES + 1];
        Arrays.fill(key, (byte) 0xFF);
        return key;
    }
}
