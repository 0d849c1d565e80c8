package io.tftpdc.index.convergence;

import io.tftpdc.event.ReportAge;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport.Alive;
import io.tftpdc.index.convergence.DigestReport.Bucket;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What every site said of its index last, summed up over its partitions. Thread-safe. */
public final class DigestBoard {
    /** Indexes give a sign of life every ten seconds. */
    public static final long SILENT_MILLIS = 45_000;

    private final Map<SiteName, Map<Integer, PartitionDigests>> sites = new TreeMap<>();
    private final Map<SiteName, Map<Integer, ReportAge>> ages = new TreeMap<>();

    /**
     * Takes a report that arrives now. Listings are left out: they are for repair, and large.
     *
     * @param nowMillis by a clock that never jumps
     */
    public synchronized void apply(DigestReport report, long nowMillis) {
        if (report instanceof DigestReport.Listing) {
            return;
        }
        if (report instanceof Alive alive) {
            ages.computeIfAbsent(report.site(), site -> new TreeMap<>())
                    .compute(report.partition(), (partition, age) -> ageOf(alive, age, nowMillis));
        }
        sites.computeIfAbsent(report.site(), site -> new TreeMap<>())
                .computeIfAbsent(report.partition(), partition -> new PartitionDigests())
                .apply(report);
    }

    private ReportAge ageOf(Alive alive, @Nullable ReportAge known, long nowMillis) {
        long incarnation = Optional.ofNullable(sites.get(alive.site()))
                .map(partitions -> partitions.get(alive.partition()))
                .flatMap(PartitionDigests::alive)
                .map(Alive::incarnation)
                .orElse(alive.incarnation());
        // Another process, with another clock, may have taken the partition over.
        boolean another =
                known != null && incarnation != alive.incarnation() && alive.atMillis() < known.madeAtMillis();
        return known == null || another
                ? ReportAge.first(alive.atMillis(), nowMillis)
                : known.then(alive.atMillis(), nowMillis, SILENT_MILLIS);
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
     * How long the partition of the site that has been silent for longest has said nothing; empty while one of them was
     * never heard of.
     */
    public synchronized OptionalLong silence(SiteName site, int partitions, long nowMillis) {
        Map<Integer, ReportAge> heard = ages.getOrDefault(site, Map.of());
        long longest = 0;
        for (int i = 0; i < partitions; i++) {
            ReportAge age = heard.get(i);
            if (age == null) {
                return OptionalLong.empty();
            }
            longest = Math.max(longest, age.ageMillis(nowMillis));
        }
        return OptionalLong.of(longest);
    }

    /** How long no partition of the site has said anything; empty when none was ever heard of. */
    public synchronized OptionalLong quiet(SiteName site, long nowMillis) {
        return ages.getOrDefault(site, Map.of()).values().stream()
                .mapToLong(age -> age.ageMillis(nowMillis))
                .min();
    }

    /** Its last sign of life, by its own clock; empty when there never was one. */
    public synchronized OptionalLong lastSaid(SiteName site) {
        return sites.getOrDefault(site, Map.of()).values().stream()
                .flatMap(partition -> partition.alive().stream())
                .mapToLong(Alive::atMillis)
                .max();
    }
}
