package io.tftpdc.projection;

import io.tftpdc.event.SiteName;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.RepairPlan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * For which peers the alert that a partition of the index differs stands, and because of which buckets. It goes with the
 * partition to whichever process holds it, because only who holds it can see that the difference is over. Used by the
 * task's thread.
 */
final class DifferenceAlerts {
    static final String NAME = "difference-alerts";

    /** So many are remembered of each peer: what is kept must fit into one record, however many tenants there are. */
    private static final int MOST_BUCKETS = 1_000;

    private final KeyValueStore<String, byte[]> store;

    DifferenceAlerts(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    static StoreBuilder<KeyValueStore<String, byte[]>> builder() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(NAME), Serdes.String(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }

    /** What changed. */
    sealed interface Change {
        SiteName peer();

        /** @param buckets that announcing again does not help, at least one */
        record Raised(SiteName peer, List<BucketKey> buckets) implements Change {}

        record Cleared(SiteName peer) implements Change {}
    }

    /** Compares with what is so now; what is answered is to be told, and is not answered again. */
    List<Change> look(RepairPlan plan) {
        List<Change> changes = new ArrayList<>();
        Map<SiteName, List<BucketKey>> standing = standing();
        TreeSet<SiteName> sites = new TreeSet<>(plan.peers());
        sites.addAll(standing.keySet());
        for (SiteName site : sites) {
            List<BucketKey> hopeless = plan.hopeless(site);
            List<BucketKey> before = standing.getOrDefault(site, List.of());
            // After a move the attempts are counted anew, so that nothing seems hopeless: the difference itself counts.
            boolean over = before.stream().noneMatch(bucket -> plan.differs(site, bucket));
            List<BucketKey> kept = hopeless.stream().limit(MOST_BUCKETS).toList();
            if (!kept.isEmpty() && !kept.equals(before)) {
                store.put(site.value(), text(kept).getBytes(StandardCharsets.US_ASCII));
                if (before.isEmpty()) {
                    changes.add(new Change.Raised(site, hopeless));
                }
            } else if (hopeless.isEmpty() && !before.isEmpty() && over) {
                store.delete(site.value());
                changes.add(new Change.Cleared(site));
            }
        }
        return changes;
    }

    private Map<SiteName, List<BucketKey>> standing() {
        Map<SiteName, List<BucketKey>> standing = new TreeMap<>();
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, byte[]> one = all.next();
                String text = new String(one.value, StandardCharsets.US_ASCII);
                standing.put(
                        new SiteName(one.key),
                        text.lines().map(BucketKey::parse).toList());
            }
        }
        return standing;
    }

    private static String text(List<BucketKey> buckets) {
        return buckets.stream().map(BucketKey::toString).collect(Collectors.joining("\n"));
    }
}
