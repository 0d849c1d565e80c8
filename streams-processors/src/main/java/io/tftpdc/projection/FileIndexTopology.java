package io.tftpdc.projection;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.streams.kit.BoundProcessor;
import io.tftpdc.streams.kit.EventTime;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.util.Map;
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
 * </pre>
 *
 * It runs at-least-once, which is enough because folding twice changes nothing.
 */
public final class FileIndexTopology {
    /** Name of the store, for queries. */
    public static final String STORE = "file-index";

    static final String SOURCE = "file-events";
    static final String PROJECTOR = "file-index-projector";
    static final String FILE_INDEX = "file-index-topic";
    static final String ALERTS = "alerts";
    static final String REJECTED = "rejected";

    private FileIndexTopology() {}

    public static Topology build(ProjectionSetup setup, SchemaIds ids, MeterRegistry registry) {
        SkewWatch watch = new SkewWatch();
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
                .addStateStore(storeBuilder(), PROJECTOR)
                .addStateStore(DigestStore.builder(), PROJECTOR)
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
                        PROJECTOR)
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
}
