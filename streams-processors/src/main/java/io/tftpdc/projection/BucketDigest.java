package io.tftpdc.projection;

import io.tftpdc.index.IndexDigest;
import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * The sum over one bucket of one tenant in one partition.
 *
 * @param digest of the winners
 * @param history of all revisions that are kept
 * @param files that exist; removed ones count in the digests only
 * @param conflicts open ones, see {@link io.tftpdc.index.FileIndexEntry#conflicts}
 */
public record BucketDigest(IndexDigest digest, IndexDigest history, long files, long conflicts) {
    public static final BucketDigest EMPTY = new BucketDigest(IndexDigest.EMPTY, IndexDigest.EMPTY, 0, 0);
    private static final int LANES = 4;

    public BucketDigest plus(BucketDigest other) {
        return new BucketDigest(
                digest.plus(other.digest),
                history.plus(other.history),
                files + other.files,
                conflicts + other.conflicts);
    }

    BucketDigest minus(BucketDigest other) {
        return new BucketDigest(
                digest.minus(other.digest),
                history.minus(other.history),
                files - other.files,
                conflicts - other.conflicts);
    }

    static BucketDigest ofStored(byte[] stored) {
        return new BucketDigest(
                StoredEntry.digest(stored),
                StoredEntry.history(stored),
                StoredEntry.isPresent(stored) ? 1 : 0,
                StoredEntry.conflicts(stored));
    }

    static Serde<BucketDigest> serde() {
        return Serdes.serdeFrom(
                (topic, value) -> {
                    ByteBuffer out = ByteBuffer.allocate((2 * LANES + 2) * Long.BYTES);
                    write(out, value.digest);
                    write(out, value.history);
                    return out.putLong(value.files).putLong(value.conflicts).array();
                },
                (topic, bytes) -> {
                    ByteBuffer in = ByteBuffer.wrap(bytes);
                    return new BucketDigest(read(in), read(in), in.getLong(), in.getLong());
                });
    }

    static void write(ByteBuffer out, IndexDigest digest) {
        out.putLong(digest.a()).putLong(digest.b()).putLong(digest.c()).putLong(digest.d());
    }

    static IndexDigest read(ByteBuffer in) {
        return new IndexDigest(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
}
