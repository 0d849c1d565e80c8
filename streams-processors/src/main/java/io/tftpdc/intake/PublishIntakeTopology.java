package io.tftpdc.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.streams.kit.BoundProcessor;
import io.tftpdc.streams.kit.EventTime;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/**
 * The stages of the application {@code publish-intake}, in order:
 *
 * <pre>
 * tftp.publish.* ─► PublishIntakeProcessor ─► PublishIntake.decide
 *                        │  store "uploads": uploads whose parts are not all here
 *                        │  store "intake-clock": latest hybrid time given
 *                        ├─► tftp.content       chunks
 *                        ├─► tftp.file-events   FilePublished, FileRemoved
 *                        └─► tftp.rejected      what could not be used
 * </pre>
 *
 * It runs exactly-once: chunks and event are in one transaction, so readers of committed records see both or nothing.
 */
public final class PublishIntakeTopology {
    /** How often a thread looks whether no more records come, as long as some came lately. */
    public static final Duration LOOK = Duration.ofMillis(10);

    static final String SOURCE = "publish-topics";
    static final String INTAKE = "publish-intake";
    static final String CONTENT = "content";
    static final String FILE_EVENTS = "file-events";
    static final String REJECTED = "rejected";

    private PublishIntakeTopology() {}

    /**
     * @param knowledge what the site's index has when a record is processed
     * @param sources matches the topics to read
     * @param arrivals tells whether a thread should wait for no longer than {@link #LOOK} for the next record
     */
    public static Topology build(
            IntakeSetup setup,
            SiteKnowledge knowledge,
            Pattern sources,
            SchemaIds ids,
            Arrivals arrivals,
            MeterRegistry meters) {
        IntakeMeters intakeMeters = new IntakeMeters(meters);
        Topology topology = new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        SOURCE,
                        new EventTime(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        sources)
                .addProcessor(
                        INTAKE,
                        () -> new BoundProcessor<byte[], byte[], Object, Object>(context ->
                                new PublishIntakeProcessor(context, setup, knowledge, intakeMeters, arrivals)),
                        SOURCE)
                .addStateStore(UploadStore.builder(), INTAKE)
                .addStateStore(IntakeClock.storeBuilder(), INTAKE);
        sink(topology, CONTENT, Topics.CONTENT, ids);
        sink(topology, FILE_EVENTS, Topics.FILE_EVENTS, ids);
        sink(topology, REJECTED, Topics.REJECTED, ids);
        return topology;
    }

    private static <K, V> void sink(Topology topology, String name, Topic<K, V> topic, SchemaIds ids) {
        topology.addSink(
                name,
                topic.name(),
                topic.keySerde(ids).serializer(),
                topic.valueSerde(ids).serializer(),
                INTAKE);
    }
}
