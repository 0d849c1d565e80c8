package io.tftpdc.edge.index;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.Sha256;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Puts the changes of a batch into RocksDB's through direct memory, which crosses into it without being copied twice.
 * Putting them in the order of their keys was tried: sorting costs what it saves. For one thread.
 */
final class DirectPuts {
    private final ByteBuffer key = ByteBuffer.allocateDirect(2 << 10);
    private final ByteBuffer value = ByteBuffer.allocateDirect(64 << 10);

    /** @param epoch goes in front of each value */
    void entries(WriteBatch batch, ColumnFamilyHandle family, byte epoch, Map<ByteBuffer, Optional<byte[]>> changes)
            throws RocksDBException {
        for (Map.Entry<ByteBuffer, Optional<byte[]>> change : changes.entrySet()) {
            byte[] keyBytes = change.getKey().array();
            Optional<byte[]> bytes = change.getValue();
            if (bytes.isEmpty()) {
                batch.delete(family, keyBytes);
            } else if (keyBytes.length > key.capacity() || bytes.get().length >= value.capacity()) {
                batch.put(family, keyBytes, stored(epoch, bytes.get()));
            } else {
                batch.put(
                        family,
                        key.clear().put(keyBytes).flip(),
                        value.clear().put(epoch).put(bytes.get()).flip());
            }
        }
    }

    private static byte[] stored(byte epoch, byte[] bytes) {
        return ByteBuffer.allocate(1 + bytes.length).put(epoch).put(bytes).array();
    }

    void places(WriteBatch batch, ColumnFamilyHandle family, Map<Sha256, Optional<ContentLocation>> changes)
            throws RocksDBException {
        for (Map.Entry<Sha256, Optional<ContentLocation>> change : changes.entrySet()) {
            if (change.getValue().isEmpty()) {
                batch.delete(family, change.getKey().bytes());
                continue;
            }
            key.clear();
            change.getKey().write(key);
            byte[] place = LocationCodec.encode(change.getValue().get());
            batch.put(family, key.flip(), value.clear().put(place).flip());
        }
    }
}
