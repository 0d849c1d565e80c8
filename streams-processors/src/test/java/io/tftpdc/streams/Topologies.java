package io.tftpdc.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.index.convergence.RepairPlan;
import io.tftpdc.intake.Arrivals;
import io.tftpdc.intake.IntakeLimits;
import io.tftpdc.intake.IntakeSetup;
import io.tftpdc.intake.PublishIntakeTopology;
import io.tftpdc.projection.ContentLocationTopology;
import io.tftpdc.projection.ContentRepair;
import io.tftpdc.projection.ConvergenceSetup;
import io.tftpdc.projection.FileIndexTopology;
import io.tftpdc.projection.OtherSites;
import io.tftpdc.projection.ProjectionSetup;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.function.Function;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;

/** The topologies on a test driver whose wall clock stands at {@link #NOW} until a test moves it. */
public final class Topologies {
    public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    public static final SiteName SITE = new SiteName("dc1");
    public static final Duration REPAIR_AFTER = Duration.ofSeconds(60);

    private Topologies() {}

    /** @param uploadIdle how long an upload may pause */
    public static Topology intake(SchemaIds ids, MeterRegistry meters, Duration uploadIdle) {
        return intake(ids, meters, uploadIdle, key -> VersionVector.UNKNOWN);
    }

    /** @param knowledge what the site's index has of a file */
    public static Topology intake(
            SchemaIds ids, MeterRegistry meters, Duration uploadIdle, Function<FileKey, VersionVector> knowledge) {
        IntakeLimits limits = new IntakeLimits(
                IntakeLimits.DEFAULT.maxRecordBytes(), IntakeLimits.DEFAULT.maxFileBytes(), uploadIdle);
        return PublishIntakeTopology.build(
                new IntakeSetup(SITE, clock(), ClockSkew.DEFAULT, limits),
                knowledge::apply,
                Topics.PUBLISH_PATTERN,
                ids,
                new Arrivals(System::nanoTime),
                meters);
    }

    public static Topology index(SchemaIds ids, MeterRegistry meters) {
        return index(SITE, ContentRepair.NONE, OtherSites.UNKNOWN, ids, meters);
    }

    /** Mends what differs for {@link #REPAIR_AFTER}. */
    public static Topology index(
            SiteName site, ContentRepair content, OtherSites others, SchemaIds ids, MeterRegistry meters) {
        return FileIndexTopology.build(
                new ProjectionSetup(site, "s1", clock(), ClockSkew.DEFAULT),
                new ConvergenceSetup(
                        new RepairPlan.Settings(
                                REPAIR_AFTER.toMillis(),
                                45_000,
                                Duration.ofHours(1).toMillis()),
                        content,
                        others),
                ids,
                meters);
    }

    public static Topology locations(SchemaIds ids, MeterRegistry meters) {
        return ContentLocationTopology.build(new ProjectionSetup(SITE, "s1", clock(), ClockSkew.DEFAULT), ids, meters);
    }

    private static HybridClock clock() {
        return new HybridClock(NOW::toEpochMilli);
    }

    public static TopologyTestDriver drive(Topology topology, Path stateDirectory) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        return new TopologyTestDriver(topology, settings, NOW);
    }

    public static TestInputTopic<byte[], byte[]> input(TopologyTestDriver driver, String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer(), NOW, Duration.ZERO);
    }

    public static <K, V> TestOutputTopic<K, V> output(TopologyTestDriver driver, Topic<K, V> topic, SchemaIds ids) {
        return driver.createOutputTopic(
                topic.name(),
                topic.keySerde(ids).deserializer(),
                topic.valueSerde(ids).deserializer());
    }

    public static <K> byte[] key(Topic<K, ?> topic, K key, SchemaIds ids) {
        return topic.keySerde(ids).serializer().serialize(topic.name(), key);
    }

    public static <V> byte[] value(Topic<?, V> topic, V value, SchemaIds ids) {
        return topic.valueSerde(ids).serializer().serialize(topic.name(), value);
    }
}
