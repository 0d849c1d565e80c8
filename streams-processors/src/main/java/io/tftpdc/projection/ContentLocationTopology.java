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
 * The stages of the application {@code content-locations}, in order:
 *
 * <pre>
 * tftp.content,          ─► ContentLocator ─► LocationFold.merge
 * &lt;peer&gt;.tftp.content          │  store "content-locations": where each chunk lies
 *                              ├─► tftp.content-locations
 *                              └─► tftp.rejected   a chunk whose key is not its hash
 * </pre>
 *
 * It is an application of its own so that gigabytes of content never delay the index, and at-least-once.
 */
public final class ContentLocationTopology {
    /** Name of the store, for queries. */
    public static final String STORE = "content-locations";

    static final String SOURCE = "content";
    static final String LOCATOR = "content-locator";
    static final String LOCATIONS = "content-locations-topic";
    static final String REJECTED = "rejected";

    private ContentLocationTopology() {}

    public static Topology build(ProjectionSetup setup, SchemaIds ids, MeterRegistry registry) {
        ProjectionMeters meters = new ProjectionMeters(registry, "content-locations");
        return new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        SOURCE,
                        new EventTime(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        SiteTopics.pattern(Topics.CONTENT))
                .addProcessor(
                        LOCATOR,
                        () -> new BoundProcessor<byte[], byte[], Object, Object>(
                                context -> new ContentLocator(context, setup, ids, meters)),
                        SOURCE)
                .addStateStore(storeBuilder(), LOCATOR)
                .addSink(
                        LOCATIONS,
                        Topics.CONTENT_LOCATIONS.name(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        LOCATOR)
                .addSink(
                        REJECTED,
                        Topics.REJECTED.name(),
                        Topics.REJECTED.keySerde(ids).serializer(),
                        Topics.REJECTED.valueSerde(ids).serializer(),
                        LOCATOR);
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> storeBuilder() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }
}
