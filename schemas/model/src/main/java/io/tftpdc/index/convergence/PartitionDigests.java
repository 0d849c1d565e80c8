package io.tftpdc.index.convergence;

import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport.Alive;
import io.tftpdc.index.convergence.DigestReport.Bucket;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.DigestReport.Listing;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one partition of one site said last. What came from a former incarnation is void, also when it is read before the
 * report that says so, as after compaction. Not thread-safe.
 */
public final class PartitionDigests {
    private final Map<BucketKey, Bucket> buckets = new TreeMap<>();
    private final Map<BucketKey, Listing> listings = new TreeMap<>();
    private Optional<Alive> alive = Optional.empty();

    public void apply(DigestReport report) {
        switch (report) {
            case Alive lives -> alive = Optional.of(lives);
            case Bucket bucket -> buckets.merge(bucket.bucket(), bucket, PartitionDigests::sinceWhen);
            case Listing listing -> listings.put(listing.bucket(), listing);
        }
    }

    /** The same sums said once more keep the time at which they came about. */
    private static Bucket sinceWhen(Bucket known, Bucket now) {
        boolean same = known.incarnation() == now.incarnation()
                && known.history().equals(now.history())
                && known.digest().equals(now.digest());
        return same ? known : now;
    }

    /** The last sign of life; empty before the first. */
    public Optional<Alive> alive() {
        return alive;
    }

    /** The buckets that this incarnation spoke of. */
    public Map<BucketKey, Bucket> buckets() {
        Map<BucketKey, Bucket> valid = new TreeMap<>(buckets);
        valid.values().removeIf(bucket -> !isOfThisLife(bucket));
        return valid;
    }

    /** Sum of the bucket's revisions; that of nothing where this incarnation did not speak of it. */
    public IndexDigest history(BucketKey key) {
        Bucket bucket = buckets.get(key);
        return bucket != null && isOfThisLife(bucket) ? bucket.history() : IndexDigest.EMPTY;
    }

    public Optional<Listing> listing(BucketKey key) {
        return Optional.ofNullable(listings.get(key)).filter(this::isOfThisLife);
    }

    /** The bucket agrees: what was listed is done with, and would mislead when the bucket differs again. */
    void forgetListing(BucketKey key) {
        listings.remove(key);
    }

    private boolean isOfThisLife(DigestReport report) {
        return alive.isPresent() && alive.get().incarnation() == report.incarnation();
    }
}
