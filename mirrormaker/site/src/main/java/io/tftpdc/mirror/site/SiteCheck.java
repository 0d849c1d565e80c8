package io.tftpdc.mirror.site;

import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the clusters that a site file names whether mirroring between them would work and lose nothing, and tells every
 * problem with its fix. Changes nothing anywhere: what would be created is created in validation only. Blocks.
 */
public final class SiteCheck {
    /** For one answer; a link over half the earth takes a second or two. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SiteFile file;
    private final Clock clock;
    private final Duration patience;

    SiteCheck(SiteFile file, Clock clock, Duration patience) {
        this.file = file;
        this.clock = clock;
        this.patience = patience;
    }

    public static CheckReport run(SiteFile file) {
        return new SiteCheck(file, Clock.systemUTC(), PATIENCE).run();
    }

    CheckReport run() {
        List<Findings> all = new ArrayList<>();
        Findings own = new Findings("site " + file.site() + ", this one");
        all.add(own);
        Map<String, ClusterLink> peers = new LinkedHashMap<>();
        Map<String, Findings> ofPeers = new LinkedHashMap<>();
        Optional<ClusterLink> here =
                ClusterLink.connect(file.site(), file.kafka().clientSettings(), "kafka", patience, own);
        try {
            for (int i = 0; i < file.peers().size(); i++) {
                SiteFile.Peer peer = file.peers().get(i);
                Findings findings = new Findings("peer " + peer.site());
                all.add(findings);
                ofPeers.put(peer.site(), findings);
                ClusterLink.connect(peer.site(), peer.clientSettings(), "peers[" + i + "]", patience, findings)
                        .ifPresent(cluster -> peers.put(peer.site(), cluster));
            }
            here.ifPresent(cluster -> new OwnCheck(file, cluster, patience, own).check());
            peers.forEach((name, cluster) -> {
                Findings findings = ofPeers.getOrDefault(name, own);
                if (isItself(cluster, here, peers, findings)) {
                    return;
                }
                new PeerCheck(file, cluster, clock, patience, findings).check(here);
            });
        } finally {
            here.ifPresent(ClusterLink::close);
            peers.values().forEach(ClusterLink::close);
        }
        return new CheckReport(
                all.stream().flatMap(findings -> findings.all().stream()).toList());
    }

    /** Two names for one cluster: it would mirror its records into itself, under another name. */
    private static boolean isItself(
            ClusterLink peer, Optional<ClusterLink> here, Map<String, ClusterLink> peers, Findings findings) {
        if (here.isPresent() && here.get().clusterId().equals(peer.clusterId())) {
            findings.problem(
                    "this is this site's own cluster " + peer.clusterId()
                            + "; its records would be mirrored into itself",
                    "correct `bootstrap-servers` of " + peer.name() + " or of `kafka`");
            return true;
        }
        Optional<ClusterLink> twin = peers.values().stream()
                .filter(other ->
                        !other.name().equals(peer.name()) && other.clusterId().equals(peer.clusterId()))
                .findFirst();
        twin.ifPresent(other -> findings.problem(
                "this is the cluster of peer " + other.name() + " too: " + peer.clusterId(),
                "correct `bootstrap-servers` of one of the two"));
        return twin.isPresent();
    }

    static List<Topic<?, ?>> mirrored() {
        return Topics.all().stream()
                .<Topic<?, ?>>map(topic -> topic)
                .filter(Topic::mirrored)
                .toList();
    }
}
