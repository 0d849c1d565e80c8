package io.tftpdc.edge.udp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A map from {@link Peer} that is asked with the bare words of a received address and allocates only when it grows. Open
 * addressing with linear probing; removal moves later entries back, so that no tombstones gather. Not thread-safe.
 *
 * @param <V> what is kept for a peer
 */
public final class PeerTable<V> {

    private static final int SMALLEST = 16;

    private @Nullable Peer[] peers = new @Nullable Peer[SMALLEST];
    private @Nullable Object[] values = new @Nullable Object[SMALLEST];
    private int size;

    public int size() {
        return size;
    }

    /** What is kept for the peer with these words, if anything. */
    @SuppressWarnings("unchecked") // only put() writes, and only a V
    public @Nullable V find(long word0, long word1, long word2, int word3) {
        int mask = peers.length - 1;
        for (int i = hash(word0, word1, word2) & mask; ; i = (i + 1) & mask) {
            Peer peer = peers[i];
            if (peer == null) {
                return null;
            }
            if (peer.word0() == word0 && peer.word1() == word1 && peer.word2() == word2 && peer.word3() == word3) {
                return (V) values[i];
            }
        }
    }

    public @Nullable V find(Peer peer) {
        return find(peer.word0(), peer.word1(), peer.word2(), peer.word3());
    }

    /** Keeps {@code value} for {@code peer}, in place of what was kept before. */
    public void put(Peer peer, V value) {
        if (size * 2 >= peers.length) {
            grow();
        }
        int i = place(peer);
        if (peers[i] == null) {
            size++;
        }
        peers[i] = peer;
        values[i] = value;
    }

    /** Forgets {@code peer} if {@code value} is what is kept for it. */
    public void remove(Peer peer, V value) {
        int i = place(peer);
        if (peers[i] == null || values[i] != value) {
            return;
        }
        size--;
        int mask = peers.length - 1;
        int hole = i;
        for (int next = (hole + 1) & mask; ; next = (next + 1) & mask) {
            Peer moved = peers[next];
            if (moved == null) {
                break;
            }
            int home = hash(moved.word0(), moved.word1(), moved.word2()) & mask;
            // An entry may move into the hole unless its home lies behind the hole and before the entry.
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                peers[hole] = moved;
                values[hole] = values[next];
                hole = next;
            }
        }
        peers[hole] = null;
        values[hole] = null;
    }

    /** Everything that is kept, in no order. */
    @SuppressWarnings("unchecked") // as in find
    public List<V> all() {
        List<V> all = new ArrayList<>(size);
        for (Object value : values) {
            if (value != null) {
                all.add((V) value);
            }
        }
        return all;
    }

    private int place(Peer peer) {
        int mask = peers.length - 1;
        int i = hash(peer.word0(), peer.word1(), peer.word2()) & mask;
        while (true) {
            Peer there = peers[i];
            if (there == null || there.equals(peer)) {
                return i;
            }
            i = (i + 1) & mask;
        }
    }

    @SuppressWarnings("unchecked") // as in find
    private void grow() {
        @Nullable Peer[] before = peers;
        @Nullable Object[] kept = values;
        peers = new @Nullable Peer[before.length * 2];
        values = new @Nullable Object[before.length * 2];
        size = 0;
        for (int i = 0; i < before.length; i++) {
            Peer peer = before[i];
            Object value = kept[i];
            if (peer != null && value != null) {
                put(peer, (V) value);
            }
        }
    }

    /** Mixes all bits into the low ones; ports and addresses of one subnet differ in few. */
    private static int hash(long word0, long word1, long word2) {
        long mixed = (word0 ^ Long.rotateLeft(word1, 23) ^ Long.rotateLeft(word2, 41)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }
}
