package io.tftpdc.mirror;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.lang.management.ManagementFactory;
import java.util.function.DoubleBinaryOperator;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What MirrorMaker measures through JMX, by peer and topic, read whenever somebody scrapes. */
final class MirrorMeters {
    /** Lives as long as the JVM, which matters: a registry forgets what only its meters hold. */
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    private MirrorMeters() {}

    /** @param runner held by the caller for as long as the registry */
    static void bind(MeterRegistry registry, SiteFile file, MirrorRunner runner) {
        for (SiteFile.Peer peer : file.peers()) {
            Topics.all().stream().filter(Topic::mirrored).forEach(topic -> bind(registry, peer, topic));
        }
        FunctionCounter.builder("tftpdc.mirror.restarts", runner, MirrorRunner::restarts)
                .description("How often MirrorMaker was replaced because a flow had failed")
                .register(registry);
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
