package io.tftpdc.edge.policy;

/**
 * What is known of some addresses, or of some networks: two buckets, two counts, and until when a client counts as known.
 * For one thread at a time; makes no object after its construction.
 */
final class Ledger {
    static final int NONE = AddressTable.NONE;

    private final AddressTable addresses;
    private final long[] requestsFull;
    private final long[] errorsFull;
    private final long[] knownUntil;
    private final int[] transfers;
    private final int[] unanswered;

    Ledger(int capacity, long seed) {
        this.addresses = new AddressTable(capacity, seed);
        this.requestsFull = new long[capacity];
        this.errorsFull = new long[capacity];
        this.knownUntil = new long[capacity];
        this.transfers = new int[capacity];
        this.unanswered = new int[capacity];
    }

    int size() {
        return addresses.size();
    }

    int find(long high, long low) {
        return addresses.find(high, low);
    }

    /** Where this address is kept; {@link #NONE} when every other one has transfers. */
    int place(long high, long low, long now) {
        int place = addresses.place(high, low);
        if (place != NONE && addresses.fresh()) {
            requestsFull[place] = now;
            errorsFull[place] = now;
            knownUntil[place] = now;
            transfers[place] = 0;
            unanswered[place] = 0;
        }
        return place;
    }

    boolean allowsRequest(int place, Rate rate, long now) {
        return rate.allows(requestsFull[place], now);
    }

    void takeRequest(int place, Rate rate, long now) {
        requestsFull[place] = rate.taken(requestsFull[place], now);
    }

    boolean allowsError(int place, Rate rate, long now) {
        return rate.allows(errorsFull[place], now);
    }

    void takeError(int place, Rate rate, long now) {
        errorsFull[place] = rate.taken(errorsFull[place], now);
    }

    boolean known(int place, long now) {
        return knownUntil[place] - now > 0;
    }

    void knownUntil(int place, long until) {
        knownUntil[place] = until;
    }

    int transfers(int place) {
        return transfers[place];
    }

    int unanswered(int place) {
        return unanswered[place];
    }

    void begin(int place, boolean counted) {
        transfers[place]++;
        unanswered[place] += counted ? 1 : 0;
        addresses.hold(place);
    }

    void answered(int place) {
        unanswered[place]--;
    }

    void end(int place, boolean stillCounted) {
        transfers[place]--;
        unanswered[place] -= stillCounted ? 1 : 0;
        addresses.release(place);
    }
}
