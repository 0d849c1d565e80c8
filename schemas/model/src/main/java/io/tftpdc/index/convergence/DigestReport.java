package io.tftpdc.index.convergence;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a site says of its index, for the other sites to compare theirs with. A site's index lies in partitions, the same
 * number everywhere and split alike, and each speaks for itself, so that no two processes ever write one sum together.
 */
public sealed interface DigestReport {
    SiteName site();

    /** Of the index, which is that of {@code tftp.file-events}. */
    int partition();

    /**
     * Names one life of the partition at one process. What was said in a former life is void: the index may have been
     * rebuilt from nothing meanwhile, and then nobody takes back what it said.
     */
    long incarnation();

    /** Wall clock of the process. */
    long atMillis();

    /** What the record is written under; later reports under the same key replace earlier ones. */
    String key();

    /** The partition lives, in this incarnation. Said every few seconds. */
    record Alive(SiteName site, int partition, long incarnation, long atMillis) implements DigestReport {
        @Override
        public String key() {
            return Integer.toString(partition);
        }
    }

    /**
     * The digests of a bucket that has changed.
     *
     * @param digest of the winners, which edge nodes report as well
     * @param history of all revisions that are kept
     * @param files that exist
     * @param conflicts revisions that lost to one whose writer did not know of them
     */
    record Bucket(
            SiteName site,
            int partition,
            long incarnation,
            long atMillis,
            BucketKey bucket,
            IndexDigest digest,
            IndexDigest history,
            long files,
            long conflicts)
            implements DigestReport {
        @Override
        public String key() {
            return partition + "/" + bucket;
        }
    }

    /**
     * What a bucket holds, said when it differs for long, so that others announce what it lacks and nothing else.
     *
     * @param entries at most {@value #MAX_LISTED}; what is left out will be announced needlessly, which does no harm
     */
    record Listing(
            SiteName site, int partition, long incarnation, long atMillis, BucketKey bucket, List<Fingerprint> entries)
            implements DigestReport {
        /** Keeps a listing well below the largest record: 480 KiB. */
        public static final int MAX_LISTED = 30_000;

        public Listing {
            entries = List.copyOf(entries);
        }

        @Override
        public String key() {
            return partition + "/" + bucket + "/list";
        }
    }

    /**
     * A bucket of a tenant.
     *
     * @param number {@link IndexDigest#bucketOf}
     */
    record BucketKey(Tenant tenant, int number) implements Comparable<BucketKey> {
        public BucketKey {
            if (number < 0 || number >= IndexDigest.BUCKETS) {
                throw new IllegalArgumentException(
                        "bucket is " + number + "; expected 0 to " + (IndexDigest.BUCKETS - 1));
            }
        }

        /** Reads {@code tenant/number}, as {@link #toString} writes it. */
        public static BucketKey parse(String text) {
            int slash = text.indexOf('/');
            return new BucketKey(new Tenant(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
        }

        @Override
        public int compareTo(BucketKey other) {
            int byTenant = tenant.compareTo(other.tenant);
            return byTenant != 0 ? byTenant : Integer.compare(number, other.number);
        }

        @Override
        public String toString() {
            return tenant + "/" + number;
        }
    }

    /**
     * An entry in 16 bytes. That two files of one bucket share both halves is as good as impossible; if it happens one
     * is not announced until either changes.
     *
     * @param path first lane of the path's SHA-256
     * @param history first lane of the entry's {@link IndexDigest#ofHistory}
     */
    record Fingerprint(long path, long history) {
        public static Fingerprint of(FileKey key, IndexDigest history) {
            byte[] path = key.path().value().getBytes(StandardCharsets.UTF_8);
            return new Fingerprint(Sha256.of(path).a(), history.a());
        }
    }
}
