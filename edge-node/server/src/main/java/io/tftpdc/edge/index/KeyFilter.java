package io.tftpdc.edge.index;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A Bloom filter of keys: what it has not seen was certainly not added. While an index is built from nothing it saves
 * looking each key up on disk, where there is nothing yet.
 *
 * <p>4 MiB in blocks of a cache line. Of a million keys about one in 1,000 unseen ones is taken for seen, of ten million
 * one in three; such a key is looked up after all. For one thread.
 */
final class KeyFilter {
    private static final int WORDS_PER_BLOCK = 8;
    private static final int BLOCKS = 1 << 16;
    private static final int PROBES = 4;
    /** Picks a bit in a block of 512. */
    private static final int PROBE_BITS = 9;

    private final long[] words = new long[BLOCKS * WORDS_PER_BLOCK];
    private final CRC32C crc = new CRC32C();

    /** Adds a key; false when it was certainly not added before. */
    boolean add(byte[] key) {
        crc.reset();
        crc.update(key, 0, key.length);
        int block = ((int) crc.getValue() & BLOCKS - 1) * WORDS_PER_BLOCK;
        long probes = spread(Arrays.hashCode(key), crc.getValue());
        boolean seen = true;
        for (int probe = 0; probe < PROBES; probe++) {
            int word = block + (int) (probes & WORDS_PER_BLOCK - 1);
            long bit = 1L << (probes >>> 3);
            seen &= (words[word] & bit) != 0;
            words[word] |= bit;
            probes >>>= PROBE_BITS;
        }
        return seen;
    }

    /** The finalizer of MurmurHash3, which lets every bit of its input change every bit of its output. */
    private static long spread(int hash, long checksum) {
        long mixed = (long) hash << Integer.SIZE ^ checksum;
        mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
