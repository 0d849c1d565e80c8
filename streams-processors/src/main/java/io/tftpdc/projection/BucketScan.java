package io.tftpdc.projection;

import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.DigestReport.Fingerprint;
import io.tftpdc.index.convergence.DigestReport.Listing;
import io.tftpdc.index.convergence.RepairPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * One walk through a partition of the index that looks at the entries of some buckets, in small steps so that events are
 * never kept waiting for long. Used by one thread.
 */
final class BucketScan {
    private final KeyValueStore<Bytes, byte[]> index;
    private final Map<String, Map<Integer, Wanted>> wanted = new HashMap<>();
    private final List<RepairPlan.Due> due;
    private @Nullable Bytes from;
    private boolean finished;

    /** @param known fingerprints of each peer that is to be told what it lacks */
    private record Wanted(RepairPlan.Due due, List<Set<Fingerprint>> known, List<Fingerprint> found) {}

    BucketScan(KeyValueStore<Bytes, byte[]> index, List<RepairPlan.Due> due) {
        this.index = index;
        this.due = List.copyOf(due);
        for (RepairPlan.Due one : due) {
            List<Set<Fingerprint>> known = new ArrayList<>();
            for (Listing listing : one.announceTo().values()) {
                known.add(new HashSet<>(listing.entries()));
            }
            wanted.computeIfAbsent(one.bucket().tenant().value(), tenant -> new HashMap<>())
                    .put(one.bucket().number(), new Wanted(one, known, new ArrayList<>()));
        }
    }

    /**
     * Goes on for some entries.
     *
     * @param entries to look at, at most
     * @param lacking gets what a peer lacks: key and stored entry
     * @param enough whether to stop here and go on next time
     */
    void step(int entries, BiConsumer<Bytes, byte[]> lacking, BooleanSupplier enough) {
        try (KeyValueIterator<Bytes, byte[]> rest = open()) {
            for (int i = 0; i < entries && !enough.getAsBoolean(); i++) {
                if (!rest.hasNext()) {
                    finished = true;
                    return;
                }
                KeyValue<Bytes, byte[]> entry = rest.next();
                look(entry.key, entry.value, lacking);
                from = IndexKeys.justAfter(entry.key);
            }
        }
    }

    private void look(Bytes key, byte[] stored, BiConsumer<Bytes, byte[]> lacking) {
        Map<Integer, Wanted> ofTenant = wanted.get(DigestStore.tenantOf(key.get()));
        Wanted bucket = ofTenant == null ? null : ofTenant.get(StoredEntry.bucket(stored));
        if (bucket == null) {
            return;
        }
        Fingerprint fingerprint = Fingerprint.of(IndexKeys.parse(key), StoredEntry.history(stored));
        if (bucket.found().size() < Listing.MAX_LISTED) {
            bucket.found().add(fingerprint);
        }
        if (bucket.known().stream().anyMatch(known -> !known.contains(fingerprint))) {
            lacking.accept(key, stored);
        }
    }

    @SuppressWarnings("NullAway") // a null bound means that there is none
    private KeyValueIterator<Bytes, byte[]> open() {
        return from == null ? index.all() : index.range(from, null);
    }

    boolean isFinished() {
        return finished;
    }

    List<RepairPlan.Due> due() {
        return due;
    }

    /** What the buckets that are to be listed hold. */
    Map<BucketKey, List<Fingerprint>> listings() {
        Map<BucketKey, List<Fingerprint>> listings = new TreeMap<>();
        wanted.values().forEach(buckets -> buckets.values().forEach(bucket -> {
            if (bucket.due().list()) {
                listings.put(bucket.due().bucket(), bucket.found());
            }
        }));
        return listings;
    }
}
