package io.tftpdc.projection;

import io.tftpdc.event.HybridTime;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import java.nio.ByteBuffer;

/**
 * How an entry lies in the store {@code file-index}:
 *
 * <pre>
 *  0       1        2                      34                     42
 * +-------+--------+----------------------+----------------------+----------------------------------------
 * | flags | bucket | digest of this entry | time of its winner   | the entry as tftp.file-index carries it
 * +-------+--------+----------------------+----------------------+----------------------------------------
 * </pre>
 *
 * What stands in front is there so that a million entries can be summed up, and removed ones skipped, without decoding
 * or hashing them.
 */
public final class StoredEntry {
    private static final byte PRESENT = 1;
    private static final int BUCKET_AT = 1;
    private static final int DIGEST_AT = 2;
    private static final int TIME_AT = DIGEST_AT + 4 * Long.BYTES;
    private static final int ENTRY_AT = TIME_AT + Long.BYTES;

    private StoredEntry() {}

    /** @param encoded the entry in the format of {@code tftp.file-index} */
    static byte[] of(FileIndexEntry entry, byte[] encoded) {
        IndexDigest digest = IndexDigest.of(entry);
        return ByteBuffer.allocate(ENTRY_AT + encoded.length)
                .put(entry.current().isPresent() ? PRESENT : 0)
                .put((byte) IndexDigest.bucketOf(entry.key()))
                .putLong(digest.a())
                .putLong(digest.b())
                .putLong(digest.c())
                .putLong(digest.d())
                .putLong(entry.winner()
                        .map(winner -> winner.stamp().time().packed())
                        .orElse(0L))
                .put(encoded)
                .array();
    }

    /** Whether the file exists, rather than being removed. */
    public static boolean isPresent(byte[] stored) {
        return stored[0] == PRESENT;
    }

    /** {@link IndexDigest#bucketOf} of the entry's key. */
    static int bucket(byte[] stored) {
        return Byte.toUnsignedInt(stored[BUCKET_AT]);
    }

    static IndexDigest digest(byte[] stored) {
        ByteBuffer lanes = ByteBuffer.wrap(stored, DIGEST_AT, TIME_AT - DIGEST_AT);
        return new IndexDigest(lanes.getLong(), lanes.getLong(), lanes.getLong(), lanes.getLong());
    }

    /** The time of the revision that counts. */
    static HybridTime winningTime(byte[] stored) {
        return new HybridTime(ByteBuffer.wrap(stored).getLong(TIME_AT));
    }

    /** The entry in the format of {@code tftp.file-index}. */
    public static byte[] encodedEntry(byte[] stored) {
        byte[] encoded = new byte[stored.length - ENTRY_AT];
        System.arraycopy(stored, ENTRY_AT, encoded, 0, encoded.length);
        return encoded;
    }
}
