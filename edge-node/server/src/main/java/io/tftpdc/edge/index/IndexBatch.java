package io.tftpdc.edge.index;

import io.tftpdc.edge.index.IndexStore.Known;
import io.tftpdc.edge.index.RecordReader.Read;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import io.tftpdc.index.IndexDigest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** The changes of one poll, written together with the offsets they came from. For one thread, used once. */
final class IndexBatch {
    private final IndexStore store;
    /** By key: the value to store, or empty to delete; also what later records of this batch merge with. */
    private final Map<ByteBuffer, Optional<byte[]>> entries = new HashMap<>();

    private final Predicate<FileIndexEntry> concerns;
    private final Set<FileKey> changed = new LinkedHashSet<>();
    private final Map<Sha256, Optional<ContentLocation>> places = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final DigestTable.Changes digests = new DigestTable.Changes();
    private long entryChange;
    private boolean replacesFormer;

    /** @param concerns which entries {@link #changed} is to name */
    IndexBatch(IndexStore store, Predicate<FileIndexEntry> concerns) {
        this.store = store;
        this.concerns = concerns;
    }

    /**
     * One record of the index topic: merged with what is known, so that reading it twice changes nothing.
     *
     * @param value null is Kafka's tombstone
     * @throws SerializationException when the record is no index entry; nothing has changed then
     */
    void index(byte[] key, byte @Nullable [] value) {
        switch (RecordReader.entry(store, key, value)) {
            case Read.Entry entry -> index(entry);
            case Read.Tombstone tombstone -> remove(key);
            case Read.Place place -> throw new IllegalStateException("an index record says " + place);
            case Read.Unreadable unreadable -> throw new SerializationException(unreadable.reason());
        }
    }

    /** An entry, merged with what is known. */
    void index(Read.Entry read) {
        FileIndexEntry incoming = read.entry();
        if (incoming.revisions().isEmpty()) {
            return;
        }
        Known known = known(read.key());
        if (known == null) {
            put(read.key(), read.value(), incoming);
            digests.add(incoming.key().tenant(), read.bucket(), read.digest());
            entryChange++;
            return;
        }
        if (known.sameEpoch() && Arrays.equals(known.value(), read.value())) {
            return;
        }
        FileIndexEntry before = store.decode(known.value());
        FileIndexEntry merged =
                known.sameEpoch() || store.mergesFormer() ? FileIndexFold.merge(before, incoming) : incoming;
        if (known.sameEpoch() && merged.equals(before)) {
            return;
        }
        replacesFormer |= !known.sameEpoch();
        boolean asRead = merged.equals(incoming);
        put(read.key(), asRead ? read.value() : store.encode(merged), merged);
        IndexDigest now = asRead ? read.digest() : IndexDigest.of(merged);
        digests.add(merged.key().tenant(), read.bucket(), now.minus(IndexDigest.of(before)));
    }

    private void put(byte[] key, byte[] value, FileIndexEntry entry) {
        entries.put(ByteBuffer.wrap(key), Optional.of(value));
        if (concerns.test(entry)) {
            changed.add(entry.key());
        }
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

    /** Files that have another revision now, of those that somebody is concerned with. */
    List<FileKey> changed() {
        return List.copyOf(changed);
    }

    /** Whether an entry of a former topic was replaced or confirmed by one of the topic that is followed now. */
    boolean replacesFormer() {
        return replacesFormer;
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

    private @Nullable Known known(byte[] key) {
        Optional<byte[]> here = entries.get(ByteBuffer.wrap(key));
        return here == null
                ? store.known(key)
                : here.map(value -> new Known(value, true)).orElse(null);
    }

    /** A tombstone: nothing is known of the file any more. */
    void remove(byte[] key) {
        Known known = known(key);
        if (known != null) {
            FileIndexEntry before = store.decode(known.value());
            entries.put(ByteBuffer.wrap(key), Optional.empty());
            changed.remove(before.key());
            entryChange--;
            digests.add(
                    before.key().tenant(),
                    IndexDigest.bucketOf(before.key()),
                    IndexDigest.EMPTY.minus(IndexDigest.of(before)));
        }
    }
}
