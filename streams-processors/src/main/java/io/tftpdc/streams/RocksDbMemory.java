package io.tftpdc.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One bounded memory for all stores of the process: blocks that were read and records not yet on disk. Without it every
 * partition of every store takes up to 100 MB of its own.
 */
final class RocksDbMemory implements AutoCloseable {
    /** Under this name the memory is handed to {@link Setter} through the Streams configuration. */
    static final String SETTING = "tftpdc.rocksdb.memory";

    private static final long WRITE_BUFFER_BYTES = 8 << 20;
    private static final int BLOCK_BYTES = 4096;
    private static final double BLOOM_BITS = 10;

    private final Cache cache;
    private final WriteBufferManager writeBuffers;
    private final BloomFilter bloom;

    RocksDbMemory(long bytes) {
        RocksDB.loadLibrary();
        bloom = new BloomFilter(BLOOM_BITS);
        cache = new LRUCache(bytes);
        writeBuffers = new WriteBufferManager(bytes / 2, cache);
    }

    /** To be called after the applications are closed. */
    @Override
    public void close() {
        writeBuffers.close();
        cache.close();
        bloom.close();
    }

    /** Named by class to Streams, which makes one for each store. */
    public static final class Setter implements RocksDBConfigSetter {
        @Override
        public void setConfig(String storeName, Options options, Map<String, Object> configs) {
            if (configs.get(SETTING) instanceof RocksDbMemory memory
                    && options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
                table.setBlockCache(memory.cache);
                table.setBlockSize(BLOCK_BYTES);
                table.setCacheIndexAndFilterBlocks(true);
                table.setPinTopLevelIndexAndFilter(true);
                table.setFilterPolicy(memory.bloom);
                options.setTableFormatConfig(table);
                options.setWriteBufferManager(memory.writeBuffers);
                options.setWriteBufferSize(WRITE_BUFFER_BYTES);
                options.setMaxWriteBufferNumber(3);
            }
        }

        @Override
        public void close(String storeName, Options options) {
            // Cache, write buffers and filter belong to all stores and are closed with the process.
        }
    }
}
