package io.tftpdc.edge.policy;

import java.util.Arrays;

/**
 * Addresses and the places at which their owner keeps what it knows of them: a hash table of fixed size, in arrays of
 * numbers, that makes no object after its construction. When it is full, the address that was used longest ago gives way,
 * unless something is held for it ({@link #hold}). For one thread at a time.
 */
final class AddressTable {
    /** What {@link #place} says when every address in the table is held. */
    static final int NONE = -1;

    private final long seed;
    private final int[] heads;
    private final int[] next;
    private final long[] highs;
    private final long[] lows;
    private final int[] holds;

    /** The places that may give way, in a ring through place {@code capacity}, from the newest to the oldest. */
    private final int[] older;

    private final int[] newer;
    private final int capacity;
    private int used;
    private boolean fresh;

    /** @param seed keeps strangers from choosing addresses that all fall into one bucket */
    AddressTable(int capacity, long seed) {
        this.capacity = capacity;
        this.seed = seed;
        this.heads = new int[Integer.highestOneBit(Math.max(1, capacity - 1)) << 1];
        this.next = new int[capacity];
        this.highs = new long[capacity];
        this.lows = new long[capacity];
        this.holds = new int[capacity];
        this.older = new int[capacity + 1];
        this.newer = new int[capacity + 1];
        Arrays.fill(heads, NONE);
        older[capacity] = capacity;
        newer[capacity] = capacity;
    }

    int capacity() {
        return capacity;
    }

    int size() {
        return used;
    }

    /** The place of an address, or {@link #NONE} when it is not there. Does not count as a use. */
    int find(long high, long low) {
        int place = heads[bucket(high, low)];
        while (place != NONE && (highs[place] != high || lows[place] != low)) {
            place = next[place];
        }
        return place;
    }

    /**
     * The place of an address, now used last. Where {@link #fresh} says so it was not there before, and its owner forgets
     * what the place held.
     */
    int place(long high, long low) {
        int place = find(high, low);
        fresh = place == NONE;
        if (fresh) {
            place = used < capacity ? used++ : takeOldest();
            if (place == NONE) {
                return NONE;
            }
            int bucket = bucket(high, low);
            highs[place] = high;
            lows[place] = low;
            holds[place] = 0;
            next[place] = heads[bucket];
            heads[bucket] = place;
            link(place);
        } else if (holds[place] == 0) {
            unlink(place);
            link(place);
        }
        return place;
    }

    boolean fresh() {
        return fresh;
    }

    /** The address at this place stays until it is released as often as it was held. */
    void hold(int place) {
        if (holds[place]++ == 0) {
            unlink(place);
        }
    }

    void release(int place) {
        if (--holds[place] == 0) {
            link(place);
        }
    }

    private int takeOldest() {
        int oldest = newer[capacity];
        if (oldest == capacity) {
            return NONE;
        }
        unlink(oldest);
        int bucket = bucket(highs[oldest], lows[oldest]);
        if (heads[bucket] == oldest) {
            heads[bucket] = next[oldest];
        } else {
            int before = heads[bucket];
            while (next[before] != oldest) {
                before = next[before];
            }
            next[before] = next[oldest];
        }
        return oldest;
    }

    private void link(int place) {
        int newest = older[capacity];
        older[capacity] = place;
        newer[place] = capacity;
        older[place] = newest;
        newer[newest] = place;
    }

    private void unlink(int place) {
        older[newer[place]] = older[place];
        newer[older[place]] = newer[place];
    }

    private int bucket(long high, long low) {
        return (int) (mix(high, low, seed) & (heads.length - 1));
    }

    /** The finaliser of MurmurHash3, over both halves. */
    static long mix(long high, long low, long seed) {
        long mixed = high * 0x9E3779B97F4A7C15L ^ low ^ seed;
        mixed = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }
}
