package io.tftpdc.edge.index;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The one memory budget of all of a node's RocksDB stores: read cache, index blocks, filters and write buffers count
 * against it. Close it after the stores.
 */
public final class RocksMemory implements AutoCloseable {
    /** Below this point look-ups in a million entries become several times slower. */
    public static final long DEFAULT_BYTES = 96L << 20;

    private static final double FILTER_BITS_PER_KEY = 10;
    private static final int BLOCK_BYTES = 8 << 10;

    static {
        RocksDB.loadLibrary();
    }

    private final LRUCache cache;
    private final WriteBufferManager writeBuffers;
    private final BloomFilter filter = new BloomFilter(FILTER_BITS_PER_KEY);

    /** @param bytes of the whole budget, of which write buffers may take half */
    public RocksMemory(long bytes) {
        cache = new LRUCache(bytes);
        writeBuffers = new WriteBufferManager(bytes / 2, cache);
    }

    /** Options of a database; the caller closes them. */
    public DBOptions database() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWriteBufferManager(writeBuffers)
                .setAtomicFlush(true)
                .setMaxBackgroundJobs(2)
                .setMaxTotalWalSize(64L << 20)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(4 << 20)
                .setStatsDumpPeriodSec(0);
    }

    /** Options of a column family that is read by whole keys; the caller closes them. */
    public ColumnFamilyOptions table() {
        return new ColumnFamilyOptions()
                .setWriteBufferSize(32L << 20)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setBlockSize(BLOCK_BYTES)
                        .setCacheIndexAndFilterBlocks(true)
                        .setCacheIndexAndFilterBlocksWithHighPriority(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        .setFilterPolicy(filter)
                        .setFormatVersion(5));
    }

    @Override
    public void close() {
        writeBuffers.close();
        cache.close();
        filter.close();
    }
}
