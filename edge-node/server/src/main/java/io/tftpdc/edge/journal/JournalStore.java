package io.tftpdc.edge.journal;

import io.tftpdc.edge.index.RocksMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
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
 * Events on disk until Kafka has them: key is a running number, 8 bytes big-endian, value the event. What is added
 * survives the end of the process, but not a power failure within the seconds until the kernel has written it.
 *
 * <p>{@link #add} by one thread, the rest by another; close when both have ended.
 */
final class JournalStore implements AutoCloseable {
    private final DBOptions databaseOptions;
    private final ColumnFamilyOptions tableOptions;
    private final WriteOptions writeOptions = new WriteOptions();
    private final RocksDB db;
    private final AtomicLong count = new AtomicLong();
    private long next;

    /** One event and the number it is kept under. */
    record Kept(long number, byte[] event) {}

    private JournalStore(RocksDB db, DBOptions databaseOptions, ColumnFamilyOptions tableOptions) {
        this.db = db;
        this.databaseOptions = databaseOptions;
        this.tableOptions = tableOptions;
    }

    static JournalStore open(Path directory, RocksMemory memory) throws IOException {
        Files.createDirectories(directory);
        DBOptions databaseOptions = memory.database();
        ColumnFamilyOptions tableOptions = memory.table();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = RocksDB.open(
                    databaseOptions,
                    directory.toString(),
                    List.of(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, tableOptions)),
                    handles);
            JournalStore store = new JournalStore(db, databaseOptions, tableOptions);
            store.takeStock();
            return store;
        } catch (RocksDBException e) {
            tableOptions.close();
            databaseOptions.close();
            throw new IOException(
                    "The journal in " + directory + " cannot be opened: " + e.getMessage()
                            + ". If it is damaged, delete that directory; transfers that Kafka was not told of yet are"
                            + " lost then",
                    e);
        }
    }

    private void takeStock() throws RocksDBException {
        try (RocksIterator iterator = db.newIterator()) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                count.incrementAndGet();
                next = number(iterator.key()) + 1;
            }
            iterator.status();
        }
    }

    void add(List<byte[]> events) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            for (int i = 0; i < events.size(); i++) {
                batch.put(key(next + i), events.get(i));
            }
            db.write(writeOptions, batch);
        }
        next += events.size();
        count.addAndGet(events.size());
    }

    /** The events with numbers from {@code from} on, in order, at most {@code limit}. */
    List<Kept> read(long from, int limit) throws RocksDBException {
        List<Kept> kept = new ArrayList<>();
        try (RocksIterator iterator = db.newIterator()) {
            for (iterator.seek(key(from)); iterator.isValid() && kept.size() < limit; iterator.next()) {
                kept.add(new Kept(number(iterator.key()), iterator.value()));
            }
            iterator.status();
        }
        return kept;
    }

    /** Every number is deleted once. */
    void delete(Collection<Long> numbers) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            for (long number : numbers) {
                batch.delete(key(number));
            }
            db.write(writeOptions, batch);
        }
        count.addAndGet(-numbers.size());
    }

    /** Events kept; any thread. */
    long count() {
        return count.get();
    }

    private static byte[] key(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static long number(byte[] key) {
        return ByteBuffer.wrap(key).getLong();
    }

    @Override
    public void close() {
        db.close();
        writeOptions.close();
        tableOptions.close();
        databaseOptions.close();
    }
}
