package io.tftpdc.edge.index;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's own copy of {@code tftp.file-index} and {@code tftp.content-locations}, complete, on disk, and current
 * within milliseconds. It answers look-ups whether Kafka is there or not, starts without Kafka on what it has, and says
 * how stale it is.
 *
 * <pre>
 *   Kafka ─► KafkaReplica (a thread) ─► IndexBatch ─► IndexStore (RocksDB) ◄─ find, locate (any thread)
 *                     │                                    │
 *                     └─► Freshness                        └─► IndexListener
 * </pre>
 *
 * <p>Look-ups may be made on an event loop: they read memory or a local disk, and take some ten microseconds.
 */
public final class FileIndexView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileIndexView.class);

    /**
     * After a topic was made anew, so long what only the former one knew is served on once the new one confirms nothing
     * of it any more.
     */
    static final Duration KEEP_FORMER = Duration.ofMinutes(10);

    private final IndexStore store;
    private final KafkaReplica replica;
    private final LongSupplier wallMillis;
    private final List<IndexListener> listeners = new CopyOnWriteArrayList<>();

    private FileIndexView(
            IndexStore store, Map<String, ?> kafka, SchemaIds ids, LongSupplier wallMillis, Duration keepFormer) {
        this.store = store;
        this.wallMillis = wallMillis;
        this.replica = new KafkaReplica(store, KafkaCluster.own(kafka, ids), wallMillis, keepFormer, listeners);
    }

    /**
     * Opens what is on disk; {@link #start} follows Kafka.
     *
     * @param directory of the database; may be deleted while the node is down, it is rebuilt from Kafka
     * @param kafka {@code bootstrap.servers} and whatever else the cluster asks for
     * @param ids should remember, so that what is on disk stays readable while the registry is away
     * @param wallMillis for example {@code System::currentTimeMillis}
     */
    public static FileIndexView open(
            Path directory, RocksMemory memory, Map<String, ?> kafka, SchemaIds ids, LongSupplier wallMillis)
            throws IOException {
        return open(directory, memory, kafka, ids, wallMillis, KEEP_FORMER);
    }

    /** For tests, which do not wait for {@link #KEEP_FORMER}. */
    static FileIndexView open(
            Path directory,
            RocksMemory memory,
            Map<String, ?> kafka,
            SchemaIds ids,
            LongSupplier wallMillis,
            Duration keepFormer)
            throws IOException {
        IndexStore store = IndexStore.open(
                directory, memory, Topics.FILE_INDEX.name(), Topics.FILE_INDEX.valueSerde(ids.forStorage()));
        return new FileIndexView(store, kafka, ids, wallMillis, keepFormer);
    }

    /** Adds a listener; call before {@link #start} to miss nothing. */
    public void listen(IndexListener listener) {
        listeners.add(listener);
    }

    public void start() {
        LOG.atInfo().addKeyValue("entries", store.entries()).log("Index opened, following Kafka");
        replica.start();
    }

    /**
     * Tells of every switch to another cluster, on the view's thread and before anything is read of it; from then on
     * {@link #locate} speaks of that cluster. Call before {@link #start}.
     */
    public void whenSwitched(Consumer<KafkaCluster> listener) {
        replica.whenSwitched(listener);
    }

    /** To be called before {@link #start} where {@link #follow} may be: what is known is never replaced by less. */
    public void mayFollowPeers() {
        store.neverRegress();
    }

    /** Follows another cluster within some seconds; what is known stays and is served meanwhile. Any thread. */
    public void follow(KafkaCluster cluster) {
        replica.follow(cluster);
    }

    /** The site whose cluster is followed; empty for the own one. */
    public Optional<SiteName> peer() {
        return replica.followed().peer();
    }

    /** Whether the own cluster is followed and answered last time. */
    public boolean ownClusterReachable() {
        return replica.followed().isOwn() && replica.progress().reachable();
    }

    /** Milliseconds since the view was last known to be complete; empty when it never was. Cheap. */
    public OptionalLong stalenessMillis() {
        OptionalLong asOf = replica.progress().completeAsOf();
        return asOf.isPresent()
                ? OptionalLong.of(Math.max(0, wallMillis.getAsLong() - asOf.getAsLong()))
                : OptionalLong.empty();
    }

    /** What is known of a file; empty when nothing is. */
    public Optional<FileIndexEntry> find(FileKey key) {
        return store.find(key);
    }

    /**
     * A file that is there and whose name differs from this one in the case of its letters at most: the one in lower
     * case if there is, otherwise the first by the bytes of its name. Costs a few times as much as {@link #find}.
     */
    public Optional<FileIndexEntry> findIgnoringCase(FileKey key) {
        return store.findIgnoringCase(key);
    }

    /** Counts changes to files: while it stays the same, so does every answer to {@link #find}. */
    public long changes() {
        return store.changes();
    }

    /** Whether anything is known of files whose keys begin with this one and a slash, be it that they were removed. */
    public boolean anyBelow(FileKey directory) {
        return store.anyBelow(directory);
    }

    /** Where a chunk lies in the cluster that is followed; empty when that is not known yet. */
    public Optional<ContentLocation> locate(Sha256 chunk) {
        return store.locate(chunk);
    }

    /** Entries in the order of their keys' bytes, those after {@code after}, or from the beginning when it is empty. */
    public List<FileIndexEntry> page(Optional<FileKey> after, int limit) {
        return store.page(after, limit);
    }

    /** Files in the index, removed ones included. */
    public long entries() {
        return store.entries();
    }

    /** The convergence digest of each tenant; equal digests mean equal indices. */
    public Map<Tenant, IndexDigest> digests() {
        return store.digests();
    }

    /** The digests of a tenant's {@value IndexDigest#BUCKETS} buckets, to find out what differs. */
    public List<IndexDigest> buckets(Tenant tenant) {
        return store.buckets(tenant);
    }

    /** Whether the view held everything at least once, so that a file it does not know does not exist. */
    public boolean everComplete() {
        return replica.progress().completeAsOf().isPresent();
    }

    /** Whether the thread that follows Kafka runs; it tries for ever, so only a bug ends it. */
    public boolean isAlive() {
        return replica.isAlive();
    }

    /** How far the view has come. Any thread; does not block. */
    public IndexStatus status() {
        KafkaReplica.Progress progress = replica.progress();
        List<NodeReported.Position> positions = new ArrayList<>();
        long lag = 0;
        for (Map.Entry<TopicPartition, Long> position : progress.positions().entrySet()) {
            TopicPartition partition = position.getKey();
            long end = Math.max(position.getValue(), progress.ends().getOrDefault(partition, 0L));
            positions.add(
                    new NodeReported.Position(partition.topic(), partition.partition(), position.getValue(), end));
            lag += end - position.getValue();
        }
        positions.sort(
                Comparator.comparing(NodeReported.Position::topic).thenComparing(NodeReported.Position::partition));
        OptionalLong staleness = stalenessMillis();
        return new IndexStatus(
                store.entries(),
                progress.reachable(),
                progress.completeAsOf(),
                staleness,
                lag,
                progress.undecodable(),
                positions,
                progress.problem());
    }

    /** Registers the meters of {@link IndexMeters}. */
    public void bindTo(MeterRegistry meters) {
        IndexMeters.ENTRIES.gauge(meters, this::entries);
        IndexMeters.LAG.gauge(meters, () -> status().lag());
        IndexMeters.STALENESS.gauge(meters, () -> {
            OptionalLong staleness = status().stalenessMillis();
            return staleness.isPresent() ? staleness.getAsLong() / 1000.0 : -1;
        });
        IndexMeters.OWN_CLUSTER.gauge(meters, () -> replica.followed().isOwn() ? 1 : 0);
        Counter failovers = IndexMeters.SWITCHES.counter(meters);
        replica.whenSwitched(cluster -> failovers.increment());
        IndexMeters.REACHABLE.gauge(meters, () -> replica.progress().reachable() ? 1 : 0);
        replica.meters(
                IndexMeters.RECORDS.counter(meters),
                IndexMeters.UNDECODABLE.counter(meters),
                IndexMeters.FAILURES.counter(meters));
    }

    /** Stops following and closes the database. Idempotent. */
    @Override
    public void close() {
        replica.close();
        store.close();
    }
}
