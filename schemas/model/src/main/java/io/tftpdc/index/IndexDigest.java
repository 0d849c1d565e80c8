package io.tftpdc.index;

import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A hash of a set of index entries that does not depend on their order and can be kept up to date entry by entry: the
 * lane-wise sum, modulo 2^64, of the SHA-256 of each entry's (key, winning stamp, content hash). Equal digests mean
 * the same winner, in stamp and content, for every file; earlier revisions, actors, types and labels are not summed.
 * {@link #ofHistory} sums all revisions that are kept, for sites that must not lose the loser of a race either.
 *
 * <p>Sums of parts are the sum of the whole, so digests of partitions, and of buckets, simply add up.
 */
public record IndexDigest(long a, long b, long c, long d) {

    /** The digest of nothing. */
    public static final IndexDigest EMPTY = new IndexDigest(0, 0, 0, 0);

    /** Files of a tenant are spread over so many buckets, each with a digest of its own, to find what differs. */
    public static final int BUCKETS = 256;

    /** The digest of one entry alone; {@link #EMPTY} for an entry without a revision. */
    public static IndexDigest of(FileIndexEntry entry) {
        if (entry.revisions().isEmpty()) {
            return EMPTY;
        }
        return of(entry.key(), entry.revisions().get(0));
    }

    /** The sum of all revisions of one entry. */
    public static IndexDigest ofHistory(FileIndexEntry entry) {
        return historyAfter(EMPTY, FileIndexEntry.empty(entry.key()), entry);
    }

    /**
     * What {@link #ofHistory} of an entry is, from what it was before: only what came and went is hashed.
     *
     * @param history of {@code before}
     */
    public static IndexDigest historyAfter(IndexDigest history, FileIndexEntry before, FileIndexEntry after) {
        List<FileRevision> was = before.revisions();
        List<FileRevision> is = after.revisions();
        IndexDigest sum = history;
        int i = 0;
        int j = 0;
        // Both are in descending order of their stamps.
        while (i < was.size() || j < is.size()) {
            int order = i == was.size()
                    ? -1
                    : j == is.size()
                            ? 1
                            : was.get(i).stamp().compareTo(is.get(j).stamp());
            boolean same = order == 0 && was.get(i).equals(is.get(j));
            if (order >= 0) {
                sum = same ? sum : sum.minus(of(before.key(), was.get(i)));
                i++;
            }
            if (order <= 0) {
                sum = same ? sum : sum.plus(of(after.key(), is.get(j)));
                j++;
            }
        }
        return sum;
    }

    private static IndexDigest of(FileKey file, FileRevision winner) {
        EventStamp stamp = winner.stamp();
        byte[] key = file.toString().getBytes(StandardCharsets.UTF_8);
        byte[] origin = stamp.origin().value().getBytes(StandardCharsets.UTF_8);
        ByteBuffer summed = ByteBuffer.allocate(
                        Integer.BYTES + key.length + 3 * Long.BYTES + Integer.BYTES + origin.length + Sha256.BYTES)
                .putInt(key.length)
                .put(key)
                .putLong(stamp.time().packed())
                .putLong(stamp.eventId().value().getMostSignificantBits())
                .putLong(stamp.eventId().value().getLeastSignificantBits())
                .putInt(origin.length)
                .put(origin);
        switch (winner) {
            case FileRevision.Published published -> published.content().hash().write(summed);
            case FileRevision.Removed removed -> summed.put((byte) 0);
        }
        Sha256 hash = Sha256.of(summed.flip());
        return new IndexDigest(hash.a(), hash.b(), hash.c(), hash.d());
    }

    /** Which bucket of its tenant a key falls into: 0 to {@value #BUCKETS} - 1. */
    public static int bucketOf(FileKey key) {
        return (int)
                (Sha256.of(key.path().value().getBytes(StandardCharsets.UTF_8)).a() >>> 56);
    }

    public IndexDigest plus(IndexDigest other) {
        return new IndexDigest(a + other.a, b + other.b, c + other.c, d + other.d);
    }

    public IndexDigest minus(IndexDigest other) {
        return new IndexDigest(a - other.a, b - other.b, c - other.c, d - other.d);
    }

    /** 64 hexadecimal digits. */
    public String hex() {
        return new Sha256(a, b, c, d).hex();
    }

    /** Reads what {@link #hex} writes. */
    public static IndexDigest parse(String hex) {
        Sha256 lanes = Sha256.parse(hex);
        return new IndexDigest(lanes.a(), lanes.b(), lanes.c(), lanes.d());
    }

    @Override
    public String toString() {
        return hex();
    }
}
