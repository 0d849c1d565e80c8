package io.tftpdc.edge.index;

import static io.tftpdc.edge.index.StoreCodec.bytes;
import static io.tftpdc.edge.index.StoreCodec.digest;
import static io.tftpdc.edge.index.StoreCodec.maxKey;
import static io.tftpdc.edge.index.StoreCodec.number;
import static io.tftpdc.edge.index.StoreCodec.placeEnd;
import static io.tftpdc.edge.index.StoreCodec.placeKey;
import static io.tftpdc.edge.index.StoreCodec.placePrefix;
import static io.tftpdc.edge.index.StoreCodec.positionKey;
import static io.tftpdc.edge.index.StoreCodec.positionPrefix;
import static io.tftpdc.edge.index.StoreCodec.startsWith;
import static io.tftpdc.edge.index.StoreCodec.text;
import static io.tftpdc.edge.index.StoreCodec.topicIdKey;

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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What the view keeps on disk. Six column families:
 *
 * <pre>
 *  index      tenant/path         epoch (1 byte), then the record's value as Kafka had it
 *  locations  SHA-256             LocationCodec
 *  digests    tenant/bucket       sum of the bucket's entry digests (32 bytes)
 *  meta       position/t/p, ...   offsets, topic ids, number of entries, last known completeness
 *  case       see CaseIndex       finds keys whatever the case of their letters
 *  peers      site/SHA-256        LocationCodec
 * </pre>
 *
 * <p>A node whose own cluster is away may follow a peer site's ({@link #follow}). Entries of both are merged, since a file
 * is the same file everywhere and the greater stamp wins. Offsets mean something in one cluster only: places of chunks and
 * positions are kept for each cluster by itself, those of the own one without its name.
 *
 * <p>Everything of one {@link IndexBatch} is written at once, so entries, digests and offsets always agree, also after
 * the process was killed. What Kafka had is kept as it is: most entries are never looked at, and decoding the few that
 * are takes microseconds.
 *
 * <p>The epoch tells entries of this topic from those of a former one. When a cluster was replaced, the view reads the
 * new topic from its beginning but goes on serving the old entries until it has all the new ones; see
 * {@link #startOver} and {@link #sweep}.
 *
 * <p>An index that is built from nothing is not logged: what it has is flushed to disk now and then, all column families
 * at one point (atomic flush), and a process that is killed meanwhile goes on from the last such point. Once it was
 * complete, every write is logged.
 *
 * <p>Reads from any thread; one writer.
 */
final class IndexStore implements AutoCloseable {
    private static final int MOST_REMEMBERED = 1024;
    private static final byte[] ENTRIES = text("entries");
    private static final byte[] COMPLETE_AS_OF = text("complete-as-of");
    private static final byte[] EPOCH = text("epoch");
    private static final byte[] SWEEP_PENDING = text("sweep-pending");
    private static final int SWEEP_BATCH = 10_000;

    private final DBOptions databaseOptions;
    private final ColumnFamilyOptions tableOptions;
    private final WriteOptions logged = new WriteOptions();
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final RocksDB db;
    private final ColumnFamilyHandle index;
    private final ColumnFamilyHandle locations;
    private final ColumnFamilyHandle digests;
    private final ColumnFamilyHandle meta;
    private final ColumnFamilyHandle caseFamily;
    private final ColumnFamilyHandle peerLocations;

    /** Read by anybody, written with its own lock; empty whenever entries change. */
    private final Map<FileKey, FileIndexEntry> recentlyFound = new ConcurrentHashMap<>();

    private volatile long changes;
    private final CaseIndex caseIndex;
    private final Serde<FileIndexEntry> serde;
    private final String indexTopic;

    /** Held for reading around every native call: a call on a closed database would end the process. */
    private final ReadWriteLock lifecycle = new ReentrantReadWriteLock();

    private boolean closed;

    private final DirectPuts puts = new DirectPuts();
    private final DigestTable table = new DigestTable();
    private volatile long entryCount;
    private volatile byte epoch;
    /** The site whose cluster is followed; empty for the own one. */
    private volatile String peer = "";

    private boolean neverRegress;
    /** Of all keys in the index, while it is built from nothing. */
    private volatile @Nullable KeyFilter keysWhileBuilding;

    /** Whether the topic that is followed now has brought an entry; looked up once, and by the writer only. */
    private @Nullable Boolean anyOfThisEpoch;

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
        this.peerLocations = handles.get(6);
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
                new ColumnFamilyDescriptor(text("case"), tableOptions),
                new ColumnFamilyDescriptor(text("peers"), tableOptions));
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
        try (RocksIterator iterator = db.newIterator(index)) {
            iterator.seekToFirst();
            keysWhileBuilding = iterator.isValid() ? null : new KeyFilter();
            iterator.status();
        }
        caseIndex.rebuildIfStale(index, meta, logged);
    }

    /** What is known of a file; empty when nothing is. */
    Optional<FileIndexEntry> find(FileKey key) {
        FileIndexEntry recent = recentlyFound.get(key);
        if (recent != null) {
            return Optional.of(recent);
        }
        long before = changes;
        Optional<FileIndexEntry> found = read(() -> {
            byte[] stored = db.get(index, text(key.toString()));
            return stored == null ? Optional.empty() : Optional.of(entryIn(stored));
        });
        found.ifPresent(entry -> remember(entry, before));
        return found;
    }

    /** In a boot storm everybody asks for the same few files. */
    private void remember(FileIndexEntry entry, long changesBefore) {
        synchronized (recentlyFound) {
            if (changes == changesBefore) { // or it may be an older one by now
                if (recentlyFound.size() >= MOST_REMEMBERED) {
                    recentlyFound.clear();
                }
                recentlyFound.put(entry.key(), entry);
            }
        }
    }

    /** After entries were written. */
    private void forgetFound() {
        synchronized (recentlyFound) {
            changes++;
            recentlyFound.clear();
        }
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

    /** Counts the changes to entries; what was found before it moved may be an older one by now. */
    long changes() {
        return changes;
    }

    /** Whether there is any key, also of a removed file, that begins so. */
    boolean anyBelow(FileKey prefix) {
        return read(() -> {
            try (RocksIterator iterator = db.newIterator(index)) {
                byte[] start = text(prefix + "/");
                iterator.seek(start);
                iterator.status();
                return iterator.isValid() && startsWith(iterator.key(), start);
            }
        });
    }

    /** Where a chunk lies in the cluster that is followed; empty when that is not known. */
    Optional<ContentLocation> locate(Sha256 chunk) {
        String followed = peer;
        return read(() -> Optional.ofNullable(
                        followed.isEmpty()
                                ? db.get(locations, chunk.bytes())
                                : db.get(peerLocations, placeKey(followed, chunk)))
                .map(LocationCodec::decode));
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

    /**
     * Whose cluster positions, topic ids and places are about from now on. By the writer only.
     *
     * @param newPeer a site; empty for the own one
     */
    void follow(String newPeer) {
        peer = newPeer;
    }

    /** From now on what a former topic knew is merged with what its successor says, rather than replaced by it. */
    void neverRegress() {
        neverRegress = true;
    }

    boolean mergesFormer() {
        return neverRegress;
    }

    /** Offset of the next record to read; empty when none was read. */
    OptionalLong position(TopicPartition partition) {
        return read(() -> number(db.get(meta, positionKey(peer, partition))));
    }

    /** The id of the topic that was read last under this name. */
    Optional<String> topicId(String topic) {
        return read(() -> Optional.ofNullable(db.get(meta, topicIdKey(peer, topic)))
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
        write(batch -> batch.put(meta, topicIdKey(peer, topic), text(id)));
    }

    /**
     * The topic is to be read from its beginning, because it is another one than before. Locations are forgotten at
     * once; index entries go on being served until {@link #sweep}, or for good when it is a peer's topic.
     */
    void startOver(String topic, String topicId) {
        byte next = (byte) (epoch + 1);
        boolean isIndex = topic.equals(indexTopic);
        boolean own = peer.isEmpty();
        write(batch -> {
            try (RocksIterator iterator = db.newIterator(meta)) {
                byte[] prefix = positionPrefix(peer, topic);
                for (iterator.seek(prefix); iterator.isValid() && startsWith(iterator.key(), prefix); iterator.next()) {
                    batch.delete(meta, iterator.key());
                }
                iterator.status();
            }
            batch.put(meta, topicIdKey(peer, topic), text(topicId));
            if (!own && !isIndex) {
                batch.deleteRange(peerLocations, placePrefix(peer), placeEnd(peer));
            } else if (own && isIndex) {
                batch.put(meta, EPOCH, number(next));
                batch.put(meta, SWEEP_PENDING, number(1));
            } else if (own) {
                batch.deleteRange(locations, new byte[0], maxKey());
            }
        });
        if (own && isIndex) {
            epoch = next;
            anyOfThisEpoch = false;
        }
    }

    /** Whether there may be entries that only a former topic knew. */
    boolean maySweep() {
        return read(() -> Optional.ofNullable(db.get(meta, SWEEP_PENDING))).isPresent();
    }

    /**
     * Drops what only a former topic knew; to be called when the new one has been filled and read whole. A new topic
     * without any entry is taken for one that is not filled yet, and drops nothing.
     *
     * @return how many entries were dropped
     */
    long sweep() {
        if (!maySweep() || !anyOfThisEpoch()) {
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

    /**
     * Called when the topics have been read whole. From here on each write is logged; what was not logged has to be on
     * disk first, or the log would not fit it.
     */
    void complete() {
        if (keysWhileBuilding != null) {
            read(() -> {
                flush();
                return true;
            });
            keysWhileBuilding = null;
        }
    }

    private void flush() throws RocksDBException {
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            db.flush(options, families());
        }
    }

    private List<ColumnFamilyHandle> families() {
        return List.of(index, locations, digests, meta, caseFamily, peerLocations);
    }

    private boolean anyOfThisEpoch() {
        Boolean known = anyOfThisEpoch;
        if (known == null) {
            known = lookForThisEpoch();
            anyOfThisEpoch = known;
        }
        return known;
    }

    private boolean lookForThisEpoch() {
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

    /** As {@link #batch(Predicate)}, when nobody is told. */
    IndexBatch batch() {
        return batch(entry -> false);
    }

    /**
     * Collects the changes of one poll; one at a time.
     *
     * @param concerns which entries somebody is to be told of
     */
    IndexBatch batch(Predicate<FileIndexEntry> concerns) {
        return new IndexBatch(this, concerns);
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
            forgetFound();
            if (keysWhileBuilding != null) {
                flush();
            }
            families().forEach(ColumnFamilyHandle::close);
            db.close();
            logged.close();
            unlogged.close();
            tableOptions.close();
            databaseOptions.close();
        } catch (RocksDBException e) {
            throw new IndexStoreException("The local index cannot be written: " + e.getMessage(), e);
        } finally {
            lifecycle.writeLock().unlock();
        }
    }

    // What IndexBatch needs.

    /**
     * What the index holds under a key.
     *
     * @param value as Kafka had it
     * @param sameEpoch whether it is of the topic that is followed now
     */
    record Known(byte[] value, boolean sameEpoch) {}

    /** What is known under a key that is about to be written. */
    @Nullable
    Known known(byte[] key) {
        KeyFilter keys = keysWhileBuilding;
        if (keys != null && !keys.add(key)) {
            return null;
        }
        return read(() -> Optional.ofNullable(db.get(index, key)))
                .map(stored -> new Known(valueIn(stored), stored[0] == epoch))
                .orElse(null);
    }

    private static byte[] valueIn(byte[] stored) {
        return Arrays.copyOfRange(stored, 1, stored.length);
    }

    private FileIndexEntry entryIn(byte[] stored) {
        return decode(valueIn(stored));
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
            DigestTable.Changes digestChanges,
            long entryChange) {
        Map<DigestTable.Bucket, IndexDigest> sums = table.plus(digestChanges);
        write(batch -> {
            puts.entries(batch, index, epoch, entries);
            for (Map.Entry<ByteBuffer, Optional<byte[]>> entry : entries.entrySet()) {
                caseIndex.note(batch, entry.getKey().array(), entry.getValue().isPresent());
            }
            if (peer.isEmpty()) {
                puts.places(batch, locations, places);
            } else {
                putPeersPlaces(batch, places);
            }
            for (Map.Entry<TopicPartition, Long> position : positions.entrySet()) {
                batch.put(meta, positionKey(peer, position.getKey()), number(position.getValue()));
            }
            for (Map.Entry<DigestTable.Bucket, IndexDigest> sum : sums.entrySet()) {
                batch.put(digests, sum.getKey().key(), bytes(sum.getValue()));
            }
            if (entryChange != 0) {
                batch.put(meta, ENTRIES, number(entryCount + entryChange));
            }
        });
        if (!entries.isEmpty()) {
            forgetFound();
        }
        if (entries.values().stream().anyMatch(Optional::isPresent)) {
            anyOfThisEpoch = true;
        }
        sums.forEach(table::set);
        setEntryCount(entryCount + entryChange);
    }

    private void putPeersPlaces(WriteBatch batch, Map<Sha256, Optional<ContentLocation>> places)
            throws RocksDBException {
        for (Map.Entry<Sha256, Optional<ContentLocation>> place : places.entrySet()) {
            byte[] key = placeKey(peer, place.getKey());
            if (place.getValue().isPresent()) {
                batch.put(
                        peerLocations,
                        key,
                        LocationCodec.encode(place.getValue().get()));
            } else {
                batch.delete(peerLocations, key);
            }
        }
    }

    private void setEntryCount(long count) {
        entryCount = count;
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
                db.write(keysWhileBuilding == null ? logged : unlogged, batch);
            }
            return true;
        });
    }
}
