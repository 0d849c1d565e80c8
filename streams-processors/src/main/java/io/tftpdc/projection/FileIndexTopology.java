package io.tftpdc.projection;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.streams.kit.BoundProcessor;
import io.tftpdc.streams.kit.EventTime;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The stages of the application {@code file-index}, in order:
 *
 * <pre>
 * tftp.file-events,          ─► FileIndexProjector ─► FileIndexFold.apply
 * &lt;peer&gt;.tftp.file-events          │  store "file-index": the entry of each file
 *                                  │  store "index-digest": convergence digests
 *                                  │  store "future-events": events whose time has not come
 *                                  ├─► tftp.file-index   entries that changed
 *                                  ├─► tftp.alerts       a site's clock runs ahead
 *                                  └─► tftp.rejected     what could not be used
 *
 * &lt;peer&gt;.tftp.index-digests   ─► Convergence ─► RepairPlan.due
 *                                  │  store "peer-digests": what the peers say of their indexes
 *                                  │  store "difference-alerts": which alerts stand
 *                                  ├─► tftp.index-digests   what this index sums up to
 *                                  ├─► tftp.file-events     entries that a peer lacks, once more
 *                                  └─► tftp.alerts          an index stays different
 * </pre>
 *
 * It runs at-least-once, which is enough because folding twice changes nothing.
 */
public final class FileIndexTopology {
    /** Name of the store, for queries. */
    public static final String STORE = "file-index";

    static final String PEER_DIGESTS = "peer-digests";
    static final String SOURCE = "file-events";
    static final String PEERS_SOURCE = "peers-index-digests";
    static final String CONVERGENCE = "convergence";
    static final String INDEX_DIGESTS = "index-digests-topic";
    static final String FILE_EVENTS = "file-events-topic";
    static final String PROJECTOR = "file-index-projector";
    static final String FILE_INDEX = "file-index-topic";
    static final String ALERTS = "alerts";
    static final String REJECTED = "rejected";

    private FileIndexTopology() {}

    public static Topology build(
            ProjectionSetup setup, ConvergenceSetup convergence, SchemaIds ids, MeterRegistry registry) {
        SkewWatch watch = new SkewWatch();
        ConvergenceMeters agreement = new ConvergenceMeters(registry);
        ProjectionMeters meters = new ProjectionMeters(registry, "file-index");
        return new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        SOURCE,
                        new EventTime(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        SiteTopics.pattern(Topics.FILE_EVENTS))
                .addProcessor(
                        PROJECTOR,
                        () -> new BoundProcessor<byte[], byte[], Object, Object>(
                                context -> new FileIndexProjector(context, setup, ids, watch, meters)),
                        SOURCE)
                .addSource(
                        AutoOffsetReset.earliest(),
                        PEERS_SOURCE,
                        new EventTime(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        // The site's own, too, which are left out: Kafka Streams has a thread die when a pattern that
                        // matched nothing so far matches a topic of a task that runs.
                        SiteTopics.pattern(Topics.INDEX_DIGESTS))
                .addProcessor(
                        CONVERGENCE,
                        () -> new BoundProcessor<byte[], byte[], Object, Object>(
                                context -> new Convergence(context, setup, convergence, ids, agreement)),
                        PEERS_SOURCE)
                .addStateStore(storeBuilder(), PROJECTOR, CONVERGENCE)
                .addStateStore(DigestStore.builder(), PROJECTOR, CONVERGENCE)
                .addStateStore(peerDigests(), CONVERGENCE)
                .addStateStore(DifferenceAlerts.builder(), CONVERGENCE)
                .addStateStore(FutureEvents.builder(), PROJECTOR)
                .addSink(
                        FILE_INDEX,
                        Topics.FILE_INDEX.name(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        PROJECTOR)
                .addSink(
                        ALERTS,
                        Topics.ALERTS.name(),
                        Topics.ALERTS.keySerde(ids).serializer(),
                        Topics.ALERTS.valueSerde(ids).serializer(),
                        PROJECTOR,
                        CONVERGENCE)
                .addSink(
                        FILE_EVENTS,
                        Topics.FILE_EVENTS.name(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        CONVERGENCE)
                .addSink(
                        INDEX_DIGESTS,
                        Topics.INDEX_DIGESTS.name(),
                        Topics.INDEX_DIGESTS.keySerde(ids).serializer(),
                        Topics.INDEX_DIGESTS.valueSerde(ids).serializer(),
                        (topic, key, report, partitions) -> Optional.of(Set.of(report.partition() % partitions)),
                        CONVERGENCE)
                .addSink(
                        REJECTED,
                        Topics.REJECTED.name(),
                        Topics.REJECTED.keySerde(ids).serializer(),
                        Topics.REJECTED.valueSerde(ids).serializer(),
                        PROJECTOR);
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> storeBuilder() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> peerDigests() {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(PEER_DIGESTS), Serdes.String(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }
}
