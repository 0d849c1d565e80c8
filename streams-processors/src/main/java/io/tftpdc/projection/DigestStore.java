package io.tftpdc.projection;

import io.tftpdc.event.HybridTime;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The convergence digests of one partition, by {@code tenant/bucket}, kept up to date entry by entry.
 *
 * <p>They live in memory and are summed up anew from the store {@code file-index} whenever a task starts: about a second
 * for a million entries. Were they stored on their own, a crash between the two stores' writes would leave a digest that
 * never again fits its index, because the event that is then processed again finds its entry done.
 */
public final class DigestStore {
    public static final String NAME = "index-digest";

    private final KeyValueStore<String, BucketDigest> store;

    DigestStore(KeyValueStore<String, BucketDigest> store) {
        this.store = store;
    }

    static StoreBuilder<KeyValueStore<String, BucketDigest>> builder() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(NAME), Serdes.String(), BucketDigest.serde())
                .withCachingDisabled()
                .withLoggingDisabled();
    }

    /**
     * Forgets everything and sums up what the index holds.
     *
     * @param decode reads an entry that a former version wrote, which is written anew
     * @param winningTimes told the time of each entry's winner, as all of them are looked at anyway
     */
    void rebuild(
            KeyValueStore<Bytes, byte[]> index,
            Function<byte[], FileIndexEntry> decode,
            Consumer<HybridTime> winningTimes) {
        List<String> old = new ArrayList<>();
        try (KeyValueIterator<String, BucketDigest> all = store.all()) {
            all.forEachRemaining(entry -> old.add(entry.key));
        }
        old.forEach(store::delete);
        Map<String, BucketDigest> sums = new HashMap<>();
        try (KeyValueIterator<Bytes, byte[]> entries = index.all()) {
            while (entries.hasNext()) {
                KeyValue<Bytes, byte[]> entry = entries.next();
                byte[] stored = StoredEntry.upgraded(entry.value, decode);
                if (stored != entry.value) {
                    index.put(entry.key, stored);
                }
                winningTimes.accept(StoredEntry.winningTime(stored));
                sums.merge(cell(entry.key.get(), stored), BucketDigest.ofStored(stored), BucketDigest::plus);
            }
        }
        sums.forEach(store::put);
    }

    /** @param before what the index held for the key, null if nothing */
    void replace(Bytes key, byte @Nullable [] before, byte[] after) {
        String cell = cell(key.get(), after);
        BucketDigest sum = store.get(cell);
        BucketDigest without =
                sum == null ? BucketDigest.EMPTY : before == null ? sum : sum.minus(BucketDigest.ofStored(before));
        store.put(cell, without.plus(BucketDigest.ofStored(after)));
    }

    /** All buckets that were ever used. */
    void forEach(BiConsumer<BucketKey, BucketDigest> visit) {
        try (KeyValueIterator<String, BucketDigest> all = store.all()) {
            all.forEachRemaining(entry -> visit.accept(BucketKey.parse(entry.key), entry.value));
        }
    }

    private static String cell(byte[] key, byte[] stored) {
        return tenantOf(key) + "/" + StoredEntry.bucket(stored);
    }

    static String tenantOf(byte[] key) {
        int slash = 0;
        while (key[slash] != '/') {
            slash++;
        }
        return new String(key, 0, slash, StandardCharsets.US_ASCII);
    }
}
