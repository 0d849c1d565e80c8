package io.tftpdc.mirror;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleBinaryOperator;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What MirrorMaker measures through JMX, and what {@link LinkWatch} sees, by peer and topic, read whenever somebody
 * scrapes.
 */
final class MirrorMeters {
    /** Lives as long as the JVM, which matters: a registry forgets what only its meters hold. */
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    private MirrorMeters() {}

    /** @param link held by the caller for as long as the registry */
    static void bind(MeterRegistry registry, MirrorLink link) {
        Topics.all().stream().filter(Topic::mirrored).forEach(topic -> {
            bind(registry, link.peer(), topic);
            bindLag(registry, link, topic.name());
        });
        FunctionCounter.builder("tftpdc.mirror.restarts", link, MirrorLink::restarts)
                .description("How often the peer's MirrorMaker was replaced because its flow had failed or stood still")
                .tag("peer", link.peer().site())
                .register(registry);
        FunctionCounter.builder("tftpdc.mirror.stalls", link, MirrorLink::stalls)
                .description("How often that was because it stood still, though it said that it ran")
                .tag("peer", link.peer().site())
                .register(registry);
        Gauge.builder("tftpdc.mirror.heartbeat.age", link, MirrorMeters::heartbeatAge)
                .description(
                        "Since a report of the peer's nodes last came through the link; not a number until one has")
                .baseUnit("seconds")
                .tag("peer", link.peer().site())
                .register(registry);
    }

    private static void bindLag(MeterRegistry registry, MirrorLink link, String topic) {
        Gauge.builder("tftpdc.mirror.lag.records", link, from -> lag(from, topic)
                        .map(lag -> (double) lag.records())
                        .orElse(Double.NaN))
                .description("Offsets at the peer from the first record that is not here to the end; not a number"
                        + " while the peer does not answer")
                .tag("peer", link.peer().site())
                .tag("topic", topic)
                .register(registry);
        Gauge.builder("tftpdc.mirror.lag.seconds", link, from -> lag(from, topic)
                        .map(lag -> lag.millis() / 1000.0)
                        .orElse(Double.NaN))
                .description("Since the first record that is not here was written at the peer; not a number while the"
                        + " peer does not answer")
                .baseUnit("seconds")
                .tag("peer", link.peer().site())
                .tag("topic", topic)
                .register(registry);
    }

    private static Optional<PartitionProgress.Lag> lag(MirrorLink link, String topic) {
        LinkWatch.State seen = link.seen();
        return seen.problem().isPresent()
                ? Optional.empty()
                : Optional.ofNullable(seen.lagByTopic().get(topic));
    }

    private static double heartbeatAge(MirrorLink link) {
        OptionalLong age = link.seen().heartbeatAgeMillis();
        return age.isPresent() ? age.getAsLong() / 1000.0 : Double.NaN;
    }

    private static void bind(MeterRegistry registry, SiteFile.Peer peer, Topic<?, ?> topic) {
        String mirrored = topic.mirroredFrom(peer.siteName()).name();
        FunctionCounter.builder("tftpdc.mirror.records", BEANS, beans -> total(beans, mirrored, "record-count"))
                .description("Records that arrived from a peer since its tasks last started")
                .tag("peer", peer.site())
                .tag("topic", topic.name())
                .register(registry);
        FunctionCounter.builder("tftpdc.mirror.bytes", BEANS, beans -> total(beans, mirrored, "byte-count"))
                .description("Bytes of the records that arrived from a peer since its tasks last started")
                .baseUnit("bytes")
                .tag("peer", peer.site())
                .tag("topic", topic.name())
                .register(registry);
        Gauge.builder(
                        "tftpdc.mirror.latency",
                        BEANS,
                        beans -> worst(beans, mirrored, "replication-latency-ms-max") / 1000)
                .description("Longest time from a record's timestamp at the peer to its arrival here, lately")
                .baseUnit("seconds")
                .tag("peer", peer.site())
                .tag("topic", topic.name())
                .register(registry);
    }

    private static double total(MBeanServer beans, String topic, String attribute) {
        return overPartitions(beans, topic, attribute, Double::sum);
    }

    private static double worst(MBeanServer beans, String topic, String attribute) {
        return overPartitions(beans, topic, attribute, Math::max);
    }

    private static double overPartitions(
            MBeanServer beans, String topic, String attribute, DoubleBinaryOperator combine) {
        try {
            ObjectName pattern =
                    new ObjectName("kafka.connect:type=plugins,connector=MirrorSourceConnector,topic=" + topic + ",*");
            double result = 0;
            for (ObjectName bean : beans.queryNames(pattern, null)) {
                double value = ((Number) beans.getAttribute(bean, attribute)).doubleValue();
                result = Double.isNaN(value) ? result : combine.applyAsDouble(result, value);
            }
            return result;
        } catch (JMException gone) {
            // The task that owned it ended between the two calls; the next scrape sees its successor.
            return 0;
        }
    }
}
