package io.tftpdc.projection;

import io.tftpdc.event.HybridTime;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How an entry lies in the store {@code file-index}:
 *
 * <pre>
 *  0       1        2                      34             42                        74          75
 * +-------+--------+----------------------+--------------+-------------------------+-----------+-----------------
 * | flags | bucket | digest of its winner | winner's time| digest of all revisions | conflicts | the entry as
 * |       |        |                      |              |                         |           | tftp.file-index
 * |       |        |                      |              |                         |           | carries it
 * +-------+--------+----------------------+--------------+-------------------------+-----------+-----------------
 * </pre>
 *
 * What stands in front is there so that a million entries can be summed up, and removed ones skipped, without decoding
 * or hashing them. Entries of version 0.1 lack what is between the time and the entry, and the flag {@code COMPLETE};
 * {@link #upgraded} writes them anew.
 */
public final class StoredEntry {
    private static final byte PRESENT = 1;
    /** The digest of all revisions and the number of conflicts are there. */
    private static final byte COMPLETE = 2;

    private static final int BUCKET_AT = 1;
    private static final int DIGEST_AT = 2;
    private static final int DIGEST_BYTES = 4 * Long.BYTES;
    private static final int TIME_AT = DIGEST_AT + DIGEST_BYTES;
    private static final int HISTORY_AT = TIME_AT + Long.BYTES;
    private static final int CONFLICTS_AT = HISTORY_AT + DIGEST_BYTES;
    private static final int ENTRY_AT = CONFLICTS_AT + 1;

    private StoredEntry() {}

    /** @param encoded the entry in the format of {@code tftp.file-index} */
    static byte[] of(FileIndexEntry entry, byte[] encoded) {
        return of(entry, encoded, IndexDigest.ofHistory(entry));
    }

    /**
     * The same, hashing only the revisions that came and went.
     *
     * @param before the entry so far
     * @param stored what {@code before} is stored as; null if it is not
     */
    static byte[] of(FileIndexEntry entry, byte[] encoded, FileIndexEntry before, byte @Nullable [] stored) {
        return stored == null
                ? of(entry, encoded)
                : of(entry, encoded, IndexDigest.historyAfter(history(stored), before, entry));
    }

    private static byte[] of(FileIndexEntry entry, byte[] encoded, IndexDigest history) {
        ByteBuffer out = ByteBuffer.allocate(ENTRY_AT + encoded.length)
                .put((byte) (COMPLETE | (entry.current().isPresent() ? PRESENT : 0)))
                .put((byte) IndexDigest.bucketOf(entry.key()));
        BucketDigest.write(out, IndexDigest.of(entry));
        out.putLong(entry.winner().map(winner -> winner.stamp().time().packed()).orElse(0L));
        BucketDigest.write(out, history);
        return out.put((byte) entry.conflicts().size()).put(encoded).array();
    }

    /** The same bytes, or those of today for an entry that version 0.1 wrote. */
    static byte[] upgraded(byte[] stored, Function<byte[], FileIndexEntry> decode) {
        if (isComplete(stored)) {
            return stored;
        }
        byte[] encoded = encodedEntry(stored);
        return of(decode.apply(encoded), encoded);
    }

    private static boolean isComplete(byte[] stored) {
        return (stored[0] & COMPLETE) != 0;
    }

    /** Whether the file exists, rather than being removed. */
    public static boolean isPresent(byte[] stored) {
        return (stored[0] & PRESENT) != 0;
    }

    /** {@link IndexDigest#bucketOf} of the entry's key. */
    public static int bucket(byte[] stored) {
        return Byte.toUnsignedInt(stored[BUCKET_AT]);
    }

    static IndexDigest digest(byte[] stored) {
        return BucketDigest.read(ByteBuffer.wrap(stored, DIGEST_AT, DIGEST_BYTES));
    }

    /** Digest of all revisions; that of nothing for an entry that is not {@linkplain #upgraded upgraded}. */
    public static IndexDigest history(byte[] stored) {
        return isComplete(stored)
                ? BucketDigest.read(ByteBuffer.wrap(stored, HISTORY_AT, DIGEST_BYTES))
                : IndexDigest.EMPTY;
    }

    /** How many conflicts are open; none for an entry that is not {@linkplain #upgraded upgraded}. */
    public static int conflicts(byte[] stored) {
        return isComplete(stored) ? stored[CONFLICTS_AT] : 0;
    }

    /** The time of the revision that counts. */
    static HybridTime winningTime(byte[] stored) {
        return new HybridTime(ByteBuffer.wrap(stored).getLong(TIME_AT));
    }

    /** The entry in the format of {@code tftp.file-index}. */
    public static byte[] encodedEntry(byte[] stored) {
        return Arrays.copyOfRange(stored, isComplete(stored) ? ENTRY_AT : HISTORY_AT, stored.length);
    }
}
