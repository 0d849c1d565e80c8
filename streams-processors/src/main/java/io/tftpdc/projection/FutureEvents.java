package io.tftpdc.projection;

import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.HybridTime;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Events whose time has not come, in the order of their times. The index must not depend on when the events were read,
 * so they wait here and are not dropped.
 *
 * <pre>
 *  0                 8                  n - 16
 * +-----------------+------------------+-----------+
 * | hybrid time, BE | key of the file  | event id  |  ─► the event as tftp.file-events carries it
 * +-----------------+------------------+-----------+
 * </pre>
 */
final class FutureEvents {
    static final String NAME = "future-events";

    /** Bounds what one look takes at once; the rest is taken by the next. */
    private static final int MOST_AT_ONCE = 1000;

    private static final int ID_BYTES = 2 * Long.BYTES;

    private final KeyValueStore<Bytes, byte[]> store;

    FutureEvents(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    static StoreBuilder<KeyValueStore<Bytes, byte[]>> builder() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(NAME), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }

    /** @param storeKey where the event lies; for {@link #forget} */
    record Held(Bytes storeKey, HybridTime time, byte[] fileKey, byte[] event) {}

    /** Keeps an event; one that comes again replaces itself. */
    void keep(byte[] fileKey, FileEvent event, byte[] encoded) {
        EventStamp stamp = event.stamp();
        ByteBuffer key = ByteBuffer.allocate(Long.BYTES + fileKey.length + ID_BYTES)
                .putLong(stamp.time().packed())
                .put(fileKey)
                .putLong(stamp.eventId().value().getMostSignificantBits())
                .putLong(stamp.eventId().value().getLeastSignificantBits());
        store.put(Bytes.wrap(key.array()), encoded);
    }

    /** The earliest ones, as long as their time is accepted. */
    List<Held> due(Predicate<HybridTime> accepted) {
        List<Held> due = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            while (all.hasNext() && due.size() < MOST_AT_ONCE) {
                KeyValue<Bytes, byte[]> next = all.next();
                ByteBuffer key = ByteBuffer.wrap(next.key.get());
                HybridTime time = new HybridTime(key.getLong());
                if (!accepted.test(time)) {
                    break;
                }
                byte[] fileKey = new byte[key.remaining() - ID_BYTES];
                key.get(fileKey);
                due.add(new Held(next.key, time, fileKey, next.value));
            }
        }
        return due;
    }

    void forget(Held held) {
        store.delete(held.storeKey());
    }
}
