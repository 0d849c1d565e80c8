package io.tftpdc.index.convergence;

import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport.Bucket;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What every site said of its index last, summed up over its partitions. Thread-safe. */
public final class DigestBoard {
    private final Map<SiteName, Map<Integer, PartitionDigests>> sites = new TreeMap<>();

    /** Listings are left out: they are for repair, and large. */
    public synchronized void apply(DigestReport report) {
        if (report instanceof DigestReport.Listing) {
            return;
        }
        sites.computeIfAbsent(report.site(), site -> new TreeMap<>())
                .computeIfAbsent(report.partition(), partition -> new PartitionDigests())
                .apply(report);
    }

    /**
     * Sums of one bucket, or of more of them.
     *
     * @param changedMillis when they came about, by the wall clock of the site
     */
    public record Sums(IndexDigest digest, IndexDigest history, long files, long conflicts, long changedMillis) {
        public static final Sums NOTHING = new Sums(IndexDigest.EMPTY, IndexDigest.EMPTY, 0, 0, 0);

        public Sums plus(Sums other) {
            return new Sums(
                    digest.plus(other.digest),
                    history.plus(other.history),
                    files + other.files,
                    conflicts + other.conflicts,
                    Math.max(changedMillis, other.changedMillis));
        }

        static Sums of(Bucket bucket) {
            return new Sums(bucket.digest(), bucket.history(), bucket.files(), bucket.conflicts(), bucket.atMillis());
        }
    }

    /** The sites that were heard of. */
    public synchronized List<SiteName> sites() {
        return List.copyOf(sites.keySet());
    }

    /** Sums of each bucket of a site. */
    public synchronized Map<BucketKey, Sums> buckets(SiteName site) {
        Map<BucketKey, Sums> sums = new TreeMap<>();
        for (PartitionDigests partition : sites.getOrDefault(site, Map.of()).values()) {
            partition.buckets().forEach((key, bucket) -> sums.merge(key, Sums.of(bucket), Sums::plus));
        }
        return sums;
    }

    /** Sums of each tenant of a site. */
    public static Map<Tenant, Sums> byTenant(Map<BucketKey, Sums> buckets) {
        Map<Tenant, Sums> tenants = new TreeMap<>();
        buckets.forEach((key, sums) -> tenants.merge(key.tenant(), sums, Sums::plus));
        return tenants;
    }

    /**
     * When the partition of the site that has been silent for longest lived last, by its own wall clock; empty while one
     * of them was never heard of.
     */
    public synchronized OptionalLong aliveMillis(SiteName site, int partitions) {
        Map<Integer, PartitionDigests> heard = sites.getOrDefault(site, Map.of());
        long oldest = Long.MAX_VALUE;
        for (int i = 0; i < partitions; i++) {
            PartitionDigests partition = heard.get(i);
            if (partition == null || partition.alive().isEmpty()) {
                return OptionalLong.empty();
            }
            oldest = Math.min(oldest, partition.alive().get().atMillis());
        }
        return OptionalLong.of(oldest);
    }
}
