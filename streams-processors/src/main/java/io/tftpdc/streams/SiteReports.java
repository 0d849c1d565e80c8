package io.tftpdc.streams;

import io.tftpdc.client.TopicFollower;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.convergence.LinkProgress;
import io.tftpdc.index.convergence.LinkProgress.Step;
import io.tftpdc.projection.OtherSites;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Follows what mirrors and streams processors say in {@code tftp.node-events} of how far they are, and which sites an operator removed. Two threads of its
 * own; any thread may ask.
 */
final class SiteReports implements OtherSites, AutoCloseable {
    private static final Map<String, Step> STEPS = Map.of("mirror", Step.MIRROR, "streams", Step.INDEX);
    private static final String EVENTS = Topics.FILE_EVENTS.name();

    private final Map<LinkPartition, LinkProgress> links = new ConcurrentHashMap<>();
    private final Map<SiteName, Long> forgotten = new ConcurrentHashMap<>();
    private final TopicFollower<String, NodeReported> nodes;
    private final TopicFollower<String, ConfigEvent> config;

    private record LinkPartition(Step step, SiteName to, SiteName from, int partition) {}

    SiteReports(Map<String, ?> kafka, SchemaIds ids) {
        nodes = new TopicFollower<>(kafka, Topics.NODE_EVENTS, ids, (node, report) -> take(report));
        config = new TopicFollower<>(kafka, Topics.CONFIG_EVENTS, ids, new TopicFollower.Sink<>() {
            @Override
            public void take(ConsumerRecord<byte[], byte[]> record, String scope, ConfigEvent event) {
                SiteReports.this.take(event);
            }

            @Override
            public boolean madeAnew(String name) {
                forgotten.clear();
                return true;
            }
        });
    }

    void start() {
        nodes.start();
        config.start();
    }

    private void take(NodeReported report) {
        Step step = STEPS.get(report.role());
        if (step == null) {
            return;
        }
        long now = System.currentTimeMillis();
        // What was there at the start was not heard now.
        long heard = nodes.status().up() ? now : Math.min(now, report.reportedAtMillis());
        for (NodeReported.Position at : report.positions()) {
            if (at.topic().equals(EVENTS) || at.topic().endsWith("." + EVENTS)) {
                SiteName from = at.topic().equals(EVENTS)
                        ? report.site()
                        : new SiteName(at.topic().substring(0, at.topic().length() - EVENTS.length() - 1));
                links.put(
                        new LinkPartition(step, report.site(), from, at.partition()),
                        new LinkProgress(step, report.site(), from, at.position(), at.endOffset(), heard));
            }
        }
    }

    private void take(ConfigEvent event) {
        if (event instanceof ConfigEvent.SiteForgotten removed) {
            forgotten.merge(removed.site(), removed.untilMillis(), Math::max);
        }
    }

    @Override
    public List<LinkProgress> links(int partition) {
        return links.entrySet().stream()
                .filter(link -> link.getKey().partition() == partition)
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public Map<SiteName, Long> forgotten() {
        return Map.copyOf(forgotten);
    }

    @Override
    public void close() {
        nodes.close();
        config.close();
    }
}
