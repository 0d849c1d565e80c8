package io.tftpdc.streams;

import io.tftpdc.client.TopicFollower;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.convergence.LinkProgress;
import io.tftpdc.projection.OtherSites;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Follows what mirrors say of themselves in {@code tftp.node-events}, and which sites an operator removed. Two threads of its
 * own; any thread may ask.
 */
final class SiteReports implements OtherSites, AutoCloseable {
    private static final String MIRROR = "mirror";
    private static final String EVENTS = "." + Topics.FILE_EVENTS.name();

    private final Map<LinkPartition, LinkProgress> links = new ConcurrentHashMap<>();
    private final Map<SiteName, Long> forgotten = new ConcurrentHashMap<>();
    private final TopicFollower<String, NodeReported> nodes;
    private final TopicFollower<String, ConfigEvent> config;

    private record LinkPartition(SiteName to, SiteName from, int partition) {}

    SiteReports(Map<String, ?> kafka, SchemaIds ids) {
        nodes = new TopicFollower<>(kafka, Topics.NODE_EVENTS, ids, (node, report) -> take(report));
        config = new TopicFollower<>(kafka, Topics.CONFIG_EVENTS, ids, (scope, event) -> take(event));
    }

    void start() {
        nodes.start();
        config.start();
    }

    private void take(NodeReported report) {
        if (!report.role().equals(MIRROR)) {
            return;
        }
        long now = System.currentTimeMillis();
        // What was there at the start was not heard now.
        long heard = nodes.status().up() ? now : Math.min(now, report.reportedAtMillis());
        for (NodeReported.Position at : report.positions()) {
            if (at.topic().endsWith(EVENTS)) {
                SiteName from = new SiteName(at.topic().substring(0, at.topic().length() - EVENTS.length()));
                links.put(
                        new LinkPartition(report.site(), from, at.partition()),
                        new LinkProgress(report.site(), from, at.position(), at.endOffset(), heard));
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
