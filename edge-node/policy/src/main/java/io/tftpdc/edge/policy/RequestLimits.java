package io.tftpdc.edge.policy;

import io.tftpdc.edge.policy.ClientAddress.Range;
import io.tftpdc.edge.policy.LimitShard.Prepared;
import io.tftpdc.event.Tenant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Counts what clients, their networks and their tenants take, and says when it is enough. Shared by the event loops,
 * since a client's ports spread over them; thread-safe, sharded by network, of fixed size. Each loop uses it through a
 * {@link LoopLimits} of its own. Times are monotonic nanoseconds that the caller passes in.
 */
public final class RequestLimits {
    private static final int MOST_SHARDS = 16;

    private final int maxTransfers;
    private final LimitShard[] shards;
    private final long seed;
    private final long started;
    private final AtomicInteger transfers = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicLong errorsFull;
    private final Map<Tenant, AtomicInteger> tenants = new ConcurrentHashMap<>();
    private volatile Prepared prepared;
    private volatile List<Range> exempt;

    /**
     * @param maxTransfers at the same time, all in all; what is remembered must have room for them
     * @param seed anything that strangers do not know
     * @param now the time
     */
    public RequestLimits(int maxTransfers, LimitSettings settings, long seed, long now) {
        this.maxTransfers = maxTransfers;
        this.seed = seed;
        this.started = now;
        this.prepared = Prepared.of(settings);
        this.exempt = ranges(settings);
        this.errorsFull = new AtomicLong(now);
        settings.requireRoomFor(maxTransfers);
        // All transfers may be those of one network, which is in one shard, and their addresses cannot give way. So
        // each
        // shard has room for all of them: what is refused is refused by a limit, never for want of a place.
        int count = (int) Math.min(settings.remembered() / LimitSettings.room(maxTransfers), MOST_SHARDS);
        this.shards = new LimitShard[count];
        int clients = settings.remembered() / count;
        for (int i = 0; i < count; i++) {
            shards[i] = new LimitShard(clients, clients, seed);
        }
    }

    private static List<Range> ranges(LimitSettings settings) {
        return settings.exempt().stream().map(Range::of).toList();
    }

    /**
     * Other limits from now on. The size of networks, and how much is remembered, stay as they were at the start, and
     * whoever has more than the new limits allow keeps it until it ends.
     */
    public void use(LimitSettings settings) {
        LimitSettings before = prepared.settings();
        prepared = Prepared.of(new LimitSettings(
                settings.transfersPerClient(),
                settings.transfersPerSubnet(),
                settings.transfersPerTenant(),
                settings.requestsPerClient(),
                settings.requestsPerSubnet(),
                settings.errorsPerClient(),
                settings.errorsPerSubnet(),
                settings.errors(),
                settings.burst(),
                settings.unansweredPerClient(),
                settings.unansweredPerSubnet(),
                settings.unanswered(),
                settings.firstReplyRepeats(),
                before.ipv4Network(),
                before.ipv6Network(),
                settings.exempt(),
                before.remembered(),
                settings.transfersOfTenants()));
        exempt = ranges(settings);
    }

    /** Transfers and lookups running now. */
    public int transfers() {
        return transfers.get();
    }

    /** Of these, those whose client has not shown yet that it is there. */
    public int unanswered() {
        return unanswered.get();
    }

    /**
     * The limits as one of {@code loops} event loops sees them.
     *
     * @param dropped told about every request that is dropped
     */
    public LoopLimits forLoop(int loops, Consumer<Verdict> dropped) {
        return new LoopLimits(this, loops, dropped, new DropLog(seed, started, DropLog::toLog));
    }

    /** From how many clients that have not answered the oldest are given up; half of all transfers is for those who do. */
    int mostUnanswered() {
        return Math.max(1, Math.min(prepared.settings().unanswered(), maxTransfers / 2));
    }

    Verdict request(ClientAddress client, long now) {
        if (isExempt(client)) {
            return Verdict.ADMITTED;
        }
        Prepared limits = prepared;
        long high = networkHigh(client, limits);
        long low = networkLow(client, limits);
        return shard(high, low).request(client.high(), client.low(), high, low, limits, now);
    }

    Verdict error(ClientAddress client, long now) {
        if (isExempt(client)) {
            return Verdict.ADMITTED;
        }
        Prepared limits = prepared;
        long high = networkHigh(client, limits);
        long low = networkLow(client, limits);
        Verdict verdict = shard(high, low).error(client.high(), client.low(), high, low, limits, now);
        return verdict.admits() ? errorToAnybody(limits.errors(), now) : verdict;
    }

    private Verdict errorToAnybody(Rate rate, long now) {
        while (true) {
            long full = errorsFull.get();
            if (!rate.allows(full, now)) {
                return Verdict.ERROR_RATE;
            }
            if (errorsFull.compareAndSet(full, rate.taken(full, now))) {
                return Verdict.ADMITTED;
            }
        }
    }

    boolean takeSlot() {
        if (transfers.incrementAndGet() <= maxTransfers) {
            return true;
        }
        transfers.decrementAndGet();
        return false;
    }

    void releaseSlot() {
        transfers.decrementAndGet();
    }

    boolean takeOfTenant(Tenant tenant) {
        AtomicInteger taken = tenants.computeIfAbsent(tenant, unseen -> new AtomicInteger());
        int most = prepared.settings().transfersOf(tenant);
        return taken.getAndUpdate(before -> before < most ? before + 1 : before) < most;
    }

    /** Whether there is room once one transfer is given up; there is none when the limit was lowered below what runs. */
    boolean oneLessWouldDo(Tenant tenant) {
        AtomicInteger taken = tenants.get(tenant);
        return taken != null && taken.get() <= prepared.settings().transfersOf(tenant);
    }

    void releaseOfTenant(Tenant tenant) {
        AtomicInteger taken = tenants.get(tenant);
        if (taken != null) {
            taken.decrementAndGet();
        }
    }

    /** For a client that is not {@linkplain #isExempt exempt}; whoever is admitted is to be {@linkplain #close closed}. */
    Verdict open(ClientAddress client, long now) {
        Prepared limits = prepared;
        long high = networkHigh(client, limits);
        long low = networkLow(client, limits);
        return shard(high, low).open(client.high(), client.low(), high, low, limits, now);
    }

    void answered(ClientAddress client, boolean counted, long now) {
        Prepared limits = prepared;
        long high = networkHigh(client, limits);
        long low = networkLow(client, limits);
        shard(high, low).answered(client.high(), client.low(), high, low, counted, now + limits.knownNanos());
    }

    void close(ClientAddress client, boolean stillCounted) {
        Prepared limits = prepared;
        long high = networkHigh(client, limits);
        long low = networkLow(client, limits);
        shard(high, low).close(client.high(), client.low(), high, low, stillCounted);
    }

    void countUnanswered() {
        unanswered.incrementAndGet();
    }

    void uncountUnanswered() {
        unanswered.decrementAndGet();
    }

    /** The first address of a client's network. */
    ClientAddress networkOf(ClientAddress client) {
        Prepared limits = prepared;
        return new ClientAddress(networkHigh(client, limits), networkLow(client, limits));
    }

    int firstReplyRepeats() {
        return prepared.settings().firstReplyRepeats();
    }

    boolean isExempt(ClientAddress client) {
        List<Range> ranges = exempt;
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).contains(client)) {
                return true;
            }
        }
        return false;
    }

    /** Clients of whom something is remembered. */
    int clients() {
        return Arrays.stream(shards).mapToInt(LimitShard::clients).sum();
    }

    int shards() {
        return shards.length;
    }

    /** Networks of which something is remembered. */
    int subnets() {
        return Arrays.stream(shards).mapToInt(LimitShard::subnets).sum();
    }

    private static long networkHigh(ClientAddress client, Prepared limits) {
        return client.networkHigh(
                limits.settings().ipv4Network(), limits.settings().ipv6Network());
    }

    private static long networkLow(ClientAddress client, Prepared limits) {
        return client.networkLow(
                limits.settings().ipv4Network(), limits.settings().ipv6Network());
    }

    private LimitShard shard(long networkHigh, long networkLow) {
        // Other bits than those by which a shard finds its bucket.
        long mixed = AddressTable.mix(networkHigh, networkLow, seed) >>> 40;
        return shards[(int) (mixed % shards.length)];
    }
}
