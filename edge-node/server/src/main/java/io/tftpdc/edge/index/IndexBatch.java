package io.tftpdc.edge.index;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import io.tftpdc.index.IndexDigest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** The changes of one poll, written together with the offsets they came from. For one thread, used once. */
final class IndexBatch {
    private final IndexStore store;
    /** By key: the value to store, or empty to delete; also what later records of this batch merge with. */
    private final Map<ByteBuffer, Optional<byte[]>> entries = new HashMap<>();

    private final Map<FileKey, FileIndexEntry> changed = new HashMap<>();
    private final Map<Sha256, Optional<ContentLocation>> places = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<DigestTable.Bucket, IndexDigest> digests = new HashMap<>();
    private long entryChange;

    IndexBatch(IndexStore store) {
        this.store = store;
    }

    /**
     * One record of the index topic: merged with what is known, so that reading it twice changes nothing.
     *
     * @param value null is Kafka's tombstone
     * @throws SerializationException when the record is no index entry; nothing has changed then
     */
    void index(byte[] key, byte @Nullable [] value) {
        byte[] known = known(key);
        if (value == null) {
            remove(key, known);
            return;
        }
        boolean sameEpoch = known != null && store.isOfThisEpoch(known);
        if (sameEpoch && known != null && Arrays.equals(known, 1, known.length, value, 0, value.length)) {
            return;
        }
        FileIndexEntry incoming = store.decode(value);
        if (!Arrays.equals(incoming.key().toString().getBytes(StandardCharsets.UTF_8), key)) {
            throw new SerializationException("record is keyed '" + new String(key, StandardCharsets.UTF_8)
                    + "' but holds the entry of " + incoming.key());
        }
        if (incoming.revisions().isEmpty()) {
            return;
        }
        FileIndexEntry before = known == null ? FileIndexEntry.empty(incoming.key()) : store.entryIn(known);
        FileIndexEntry merged = sameEpoch ? FileIndexFold.merge(before, incoming) : incoming;
        if (sameEpoch && merged.equals(before)) {
            return;
        }
        byte[] bytes = merged.equals(incoming) ? value : store.encode(merged);
        entries.put(ByteBuffer.wrap(key), Optional.of(store.withEpoch(bytes)));
        changed.put(merged.key(), merged);
        entryChange += known == null ? 1 : 0;
        digest(before, merged);
    }

    /**
     * One record of the location topic: the last one counts.
     *
     * @param location empty is Kafka's tombstone
     */
    void location(Sha256 chunk, Optional<ContentLocation> location) {
        places.put(chunk, location);
    }

    /** The next offset to read of a partition, once this batch is written. */
    void position(TopicPartition partition, long next) {
        positions.put(partition, next);
    }

    /** Writes all of it, or throws and writes nothing. */
    void commit() {
        if (!entries.isEmpty() || !places.isEmpty() || !positions.isEmpty()) {
            store.write(entries, places, positions, digests, entryChange);
        }
    }

    List<FileIndexEntry> changed() {
        return List.copyOf(changed.values());
    }

    List<Sha256> located() {
        List<Sha256> located = new ArrayList<>();
        places.forEach((chunk, place) -> {
            if (place.isPresent()) {
                located.add(chunk);
            }
        });
        return located;
    }

    private byte @Nullable [] known(byte[] key) {
        Optional<byte[]> here = entries.get(ByteBuffer.wrap(key));
        return here == null ? store.stored(key) : here.orElse(null);
    }

    private void remove(byte[] key, byte @Nullable [] known) {
        if (known != null) {
            FileIndexEntry before = store.entryIn(known);
            entries.put(ByteBuffer.wrap(key), Optional.empty());
            changed.remove(before.key());
            entryChange--;
            digest(before, FileIndexEntry.empty(before.key()));
        }
    }

    private void digest(FileIndexEntry before, FileIndexEntry after) {
        DigestTable.Bucket bucket = new DigestTable.Bucket(after.key().tenant(), IndexDigest.bucketOf(after.key()));
        IndexDigest change = IndexDigest.of(after).minus(IndexDigest.of(before));
        digests.merge(bucket, change, IndexDigest::plus);
    }
}
