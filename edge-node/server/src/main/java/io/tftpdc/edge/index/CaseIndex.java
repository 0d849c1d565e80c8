package io.tftpdc.edge.index;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Finds keys whatever the case of their letters. A column family holds, for every key that is not all lower case,
 *
 * <pre>
 *  key in lower case, 0, key     nothing
 * </pre>
 *
 * so keys alike lie side by side, in the order of their bytes. Keys in lower case need no line here, since asking the
 * index itself finds them; most are, so this costs next to nothing. A key has no control character, so a zero byte ends
 * it.
 *
 * <p>Letters are compared one by one, as {@link String#equalsIgnoreCase} does. Which letters there are is the JDK's
 * knowledge and grows, so another JDK makes the lines anew; so does an index from before there were any.
 */
final class CaseIndex {
    private static final byte[] MADE_BY = "case-index".getBytes(StandardCharsets.UTF_8);
    private static final byte[] VERSION = ("1." + Runtime.version().feature()).getBytes(StandardCharsets.UTF_8);
    private static final int REBUILD_BATCH = 10_000;

    private final RocksDB db;
    private final ColumnFamilyHandle family;

    CaseIndex(RocksDB db, ColumnFamilyHandle family) {
        this.db = db;
        this.family = family;
    }

    /** Notes in {@code batch} that this key is there, or no longer. */
    void note(WriteBatch batch, byte[] key, boolean present) throws RocksDBException {
        byte[] folded = fold(key);
        if (Arrays.equals(folded, key)) {
            return;
        }
        if (present) {
            batch.put(family, line(folded, key), new byte[0]);
        } else {
            batch.delete(family, line(folded, key));
        }
    }

    /** The keys that may be there and differ from this one in case at most: the one in lower case, then by bytes. */
    List<byte[]> alike(byte[] key) throws RocksDBException {
        byte[] folded = fold(key);
        List<byte[]> keys = new ArrayList<>();
        keys.add(folded);
        byte[] prefix = Arrays.copyOf(folded, folded.length + 1);
        try (RocksIterator iterator = db.newIterator(family)) {
            for (iterator.seek(prefix); iterator.isValid(); iterator.next()) {
                byte[] line = iterator.key();
                if (line.length < prefix.length || !Arrays.equals(line, 0, prefix.length, prefix, 0, prefix.length)) {
                    break;
                }
                keys.add(Arrays.copyOfRange(line, prefix.length, line.length));
            }
            iterator.status();
        }
        return keys;
    }

    /** Makes the lines for all keys of {@code index}, unless this JDK has made them before. */
    void rebuildIfStale(ColumnFamilyHandle index, ColumnFamilyHandle meta, WriteOptions options)
            throws RocksDBException {
        if (Arrays.equals(db.get(meta, MADE_BY), VERSION)) {
            return;
        }
        try (RocksIterator iterator = db.newIterator(index);
                WriteBatch batch = new WriteBatch()) {
            byte[] afterAll = new byte[1];
            Arrays.fill(afterAll, (byte) 0xFF); // UTF-8 has no such byte
            batch.deleteRange(family, new byte[0], afterAll);
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                note(batch, iterator.key(), true);
                if (batch.count() >= REBUILD_BATCH) {
                    db.write(options, batch);
                    batch.clear();
                }
            }
            iterator.status();
            batch.put(meta, MADE_BY, VERSION);
            db.write(options, batch);
        }
    }

    private static byte[] line(byte[] folded, byte[] key) {
        byte[] line = Arrays.copyOf(folded, folded.length + 1 + key.length);
        System.arraycopy(key, 0, line, folded.length + 1, key.length);
        return line;
    }

    /** In lower case; equal for keys that differ in case only. */
    static byte[] fold(byte[] key) {
        byte[] folded = key.clone();
        for (int i = 0; i < key.length; i++) {
            byte b = key[i];
            if (b < 0) {
                return foldText(key);
            }
            if (b >= 'A' && b <= 'Z') {
                folded[i] = (byte) (b + ('a' - 'A'));
            }
        }
        return folded;
    }

    private static byte[] foldText(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        StringBuilder folded = new StringBuilder(text.length());
        text.codePoints()
                .map(letter -> Character.toLowerCase(Character.toUpperCase(letter)))
                .forEach(folded::appendCodePoint);
        return folded.toString().getBytes(StandardCharsets.UTF_8);
    }
}
