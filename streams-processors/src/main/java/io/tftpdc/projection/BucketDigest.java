package io.tftpdc.projection;

import io.tftpdc.index.IndexDigest;
import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * The sum over one bucket of one tenant in one partition.
 *
 * @param files that exist; removed ones count in the digest only
 */
public record BucketDigest(IndexDigest digest, long files) {
    public static final BucketDigest EMPTY = new BucketDigest(IndexDigest.EMPTY, 0);

    public BucketDigest plus(BucketDigest other) {
        return new BucketDigest(digest.plus(other.digest), files + other.files);
    }

    BucketDigest minus(BucketDigest other) {
        return new BucketDigest(digest.minus(other.digest), files - other.files);
    }

    static BucketDigest ofStored(byte[] stored) {
        return new BucketDigest(StoredEntry.digest(stored), StoredEntry.isPresent(stored) ? 1 : 0);
    }

    static Serde<BucketDigest> serde() {
        return Serdes.serdeFrom(
                (topic, value) -> ByteBuffer.allocate(5 * Long.BYTES)
                        .putLong(value.digest.a())
                        .putLong(value.digest.b())
                        .putLong(value.digest.c())
                        .putLong(value.digest.d())
                        .putLong(value.files)
                        .array(),
                (topic, bytes) -> {
                    ByteBuffer in = ByteBuffer.wrap(bytes);
                    return new BucketDigest(
                            new IndexDigest(in.getLong(), in.getLong(), in.getLong(), in.getLong()), in.getLong());
                });
    }
}
