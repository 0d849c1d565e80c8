package io.tftpdc.edge.index;

import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The digest of every bucket of every tenant, in memory. Thread-safe. */
final class DigestTable {
    private final Map<Tenant, IndexDigest[]> tenants = new TreeMap<>();

    /** @param number from 0 to {@value IndexDigest#BUCKETS} - 1 */
    record Bucket(Tenant tenant, int number) implements Comparable<Bucket> {

        /** {@code tenant/} and one byte. */
        byte[] key() {
            byte[] prefix = (tenant.value() + "/").getBytes(StandardCharsets.UTF_8);
            byte[] key = Arrays.copyOf(prefix, prefix.length + 1);
            key[prefix.length] = (byte) number;
            return key;
        }

        @Override
        public int compareTo(Bucket other) {
            int byTenant = tenant.compareTo(other.tenant);
            return byTenant != 0 ? byTenant : Integer.compare(number, other.number);
        }

        static Bucket ofKey(byte[] key) {
            String tenant = new String(key, 0, key.length - 2, StandardCharsets.UTF_8);
            return new Bucket(new Tenant(tenant), Byte.toUnsignedInt(key[key.length - 1]));
        }
    }

    /** What is to be added to buckets. For one thread. */
    static final class Changes {
        private final Map<Tenant, @Nullable IndexDigest[]> tenants = new HashMap<>();

        void add(Tenant tenant, int bucket, IndexDigest change) {
            @Nullable
            IndexDigest[] changes = tenants.computeIfAbsent(tenant, any -> new IndexDigest[IndexDigest.BUCKETS]);
            IndexDigest before = changes[bucket];
            changes[bucket] = before == null ? change : before.plus(change);
        }
    }

    synchronized void set(Bucket bucket, IndexDigest digest) {
        bucketsOf(bucket.tenant())[bucket.number()] = digest;
    }

    /** What the changed buckets would come to; changes nothing. */
    synchronized Map<Bucket, IndexDigest> plus(Changes changes) {
        // Ordered by tenant and number: the hash codes of such pairs collide.
        Map<Bucket, IndexDigest> sums = new TreeMap<>();
        changes.tenants.forEach((tenant, ofTenant) -> {
            IndexDigest[] known = tenants.get(tenant);
            for (int number = 0; number < ofTenant.length; number++) {
                IndexDigest change = ofTenant[number];
                if (change != null) {
                    sums.put(new Bucket(tenant, number), known == null ? change : known[number].plus(change));
                }
            }
        });
        return sums;
    }

    /** Tenants whose entries do not sum up to nothing. */
    synchronized Map<Tenant, IndexDigest> tenants() {
        Map<Tenant, IndexDigest> sums = new TreeMap<>();
        tenants.forEach((tenant, buckets) -> {
            IndexDigest sum = Arrays.stream(buckets).reduce(IndexDigest.EMPTY, IndexDigest::plus);
            if (!sum.equals(IndexDigest.EMPTY)) {
                sums.put(tenant, sum);
            }
        });
        return sums;
    }

    synchronized List<IndexDigest> buckets(Tenant tenant) {
        IndexDigest[] known = tenants.get(tenant);
        return known == null ? List.of(emptyBuckets()) : List.of(known);
    }

    private IndexDigest[] bucketsOf(Tenant tenant) {
        return tenants.computeIfAbsent(tenant, any -> emptyBuckets());
    }

    private static IndexDigest[] emptyBuckets() {
        IndexDigest[] buckets = new IndexDigest[IndexDigest.BUCKETS];
        Arrays.fill(buckets, IndexDigest.EMPTY);
        return buckets;
    }
}
