package io.tftpdc.projection;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.RepairPlan;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What is counted about agreement with the peers: the partitions of this process summed up. Any thread. */
final class ConvergenceMeters {
    private final MeterRegistry registry;
    private final Map<Integer, State> partitions = new ConcurrentHashMap<>();
    private final Map<SiteName, Gauge> peers = new ConcurrentHashMap<>();
    private final Counter listed;
    private final Counter announced;
    private final Counter healed;
    private final Counter contentLost;

    private record State(long files, long conflicts, Map<SiteName, Integer> differing) {}

    ConvergenceMeters(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("tftpdc.index.files", this, meters -> meters.sum(State::files))
                .description("Files that exist, in the partitions that this process holds")
                .register(registry);
        Gauge.builder("tftpdc.conflicts.open", this, meters -> meters.sum(State::conflicts))
                .description(
                        "Revisions that lost to one whose writer did not know of them, and that nobody resolved yet")
                .register(registry);
        listed = Counter.builder("tftpdc.repair.buckets.listed")
                .description("Buckets whose entries were listed for peers that differ")
                .register(registry);
        announced = Counter.builder("tftpdc.repair.entries.announced")
                .description("Entries announced again because a peer lacked them")
                .register(registry);
        healed = Counter.builder("tftpdc.repair.buckets.healed")
                .description("Buckets that came to agree after an announcement")
                .register(registry);
        contentLost = Counter.builder("tftpdc.repair.content.unreadable")
                .description("Versions announced again whose bytes could not be written again")
                .register(registry);
    }

    private long sum(java.util.function.ToLongFunction<State> of) {
        return partitions.values().stream().mapToLong(of).sum();
    }

    void state(int partition, Collection<BucketDigest> buckets, RepairPlan plan) {
        Map<SiteName, Integer> differing = new TreeMap<>();
        for (SiteName peer : plan.peers()) {
            differing.put(peer, plan.differing(peer));
            peers.computeIfAbsent(peer, this::gauge);
        }
        long files = 0;
        long conflicts = 0;
        for (BucketDigest bucket : buckets) {
            files += bucket.files();
            conflicts += bucket.conflicts();
        }
        partitions.put(partition, new State(files, conflicts, differing));
    }

    private Gauge gauge(SiteName peer) {
        return Gauge.builder(
                        "tftpdc.convergence.buckets.differing",
                        this,
                        meters -> meters.sum(state -> state.differing().getOrDefault(peer, 0)))
                .description("Buckets of the index that differ from the peer's")
                .tag("peer", peer.value())
                .register(registry);
    }

    /** The partition is another process's from now on. */
    void gone(int partition) {
        partitions.remove(partition);
    }

    void listed(BucketKey bucket) {
        listed.increment();
    }

    void announced() {
        announced.increment();
    }

    void healed(long buckets) {
        healed.increment(buckets);
    }

    void contentLost() {
        contentLost.increment();
    }
}
