package io.tftpdc.admin.nodes;

import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.ConvergenceReport.NodeAgreement;
import io.tftpdc.client.ConvergenceReport.SiteAgreement;
import io.tftpdc.client.ConvergenceReport.TenantAgreement;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestBoard;
import io.tftpdc.index.convergence.DigestBoard.Sums;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.placement.KnownNode;
import io.tftpdc.topic.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Compares what sites and nodes said last, all by Kafka; nobody is asked. A function of what it is given. */
final class Agreement {
    /** Nodes report every five to ten seconds. */
    static final long NODE_SILENT_MILLIS = 60_000;
    /** A node that was silent for so long, or said that it stops, is no longer waited for. */
    static final long NODE_GONE_MILLIS = 3_600_000;

    private final SiteName here;
    private final DigestBoard board;
    private final List<KnownNode> nodes;
    private final ForgottenSites forgotten;
    private final Predicate<Tenant> wanted;
    private final long nowMillis;

    /**
     * @param wanted which tenants are looked at
     * @param nowMillis by the clock by which the board was told when reports arrived
     */
    Agreement(
            SiteName here,
            DigestBoard board,
            List<KnownNode> nodes,
            ForgottenSites forgotten,
            Predicate<Tenant> wanted,
            long nowMillis) {
        this.here = here;
        this.board = board;
        this.nodes = nodes.stream()
                .filter(node -> !forgotten.isForgotten(node.report()))
                .toList();
        this.forgotten = forgotten;
        this.wanted = wanted;
        this.nowMillis = nowMillis;
    }

    ConvergenceReport report() {
        Set<SiteName> known = new TreeSet<>(board.sites());
        known.removeIf(site -> forgotten.isForgotten(site, board));
        known.add(here);
        nodes.stream()
                .filter(node -> !isGone(node))
                .forEach(node -> known.add(node.report().site()));
        List<SiteAgreement> sites = known.stream().map(this::site).toList();
        List<NodeAgreement> all = nodes.stream().map(this::node).toList();
        boolean agree = sites.stream().allMatch(site -> site.state().equals("same"))
                && nodes.stream()
                        .filter(node -> !isGone(node))
                        .map(this::node)
                        .allMatch(node -> node.same() && !node.state().equals("SILENT"));
        return new ConvergenceReport(
                here.value(), agree, Instant.ofEpochMilli(nowMillis).toString(), sites, all);
    }

    /** Records that a node has yet to read. */
    static long behind(NodeReported node) {
        return node.positions().stream()
                .mapToLong(at -> Math.max(0, at.endOffset() - at.position()))
                .sum();
    }

    private SiteAgreement site(SiteName site) {
        Map<BucketKey, Sums> ours = wantedOf(board.buckets(here));
        Map<BucketKey, Sums> theirs = wantedOf(board.buckets(site));
        Map<Tenant, List<Integer>> differing = new TreeMap<>();
        long since = Long.MAX_VALUE;
        Set<BucketKey> keys = new TreeSet<>(ours.keySet());
        keys.addAll(theirs.keySet());
        for (BucketKey key : keys) {
            Sums our = ours.getOrDefault(key, Sums.NOTHING);
            Sums their = theirs.getOrDefault(key, Sums.NOTHING);
            if (!our.history().equals(their.history()) || !our.digest().equals(their.digest())) {
                differing
                        .computeIfAbsent(key.tenant(), tenant -> new ArrayList<>())
                        .add(key.number());
                since = Math.min(since, Math.max(our.changedMillis(), their.changedMillis()));
            }
        }
        OptionalLong silence = board.silence(site, Topics.FILE_EVENTS.settings().partitions(), nowMillis);
        boolean silent = silence.isEmpty() || silence.getAsLong() > DigestBoard.SILENT_MILLIS;
        return new SiteAgreement(
                site.value(),
                silent ? "silent" : differing.isEmpty() ? "same" : "different",
                siteBehind(site),
                differing.isEmpty() ? 0 : Math.max(0, nowMillis - since) / 1000,
                silence.isEmpty() ? -1 : seconds(silence.getAsLong()),
                tenants(keys, theirs, differing));
    }

    private static List<TenantAgreement> tenants(
            Set<BucketKey> keys, Map<BucketKey, Sums> theirs, Map<Tenant, List<Integer>> differing) {
        Map<Tenant, Sums> sums = DigestBoard.byTenant(theirs);
        keys.forEach(key -> sums.putIfAbsent(key.tenant(), Sums.NOTHING));
        List<TenantAgreement> tenants = new ArrayList<>();
        sums.forEach((tenant, sum) -> tenants.add(new TenantAgreement(
                tenant.value(),
                !differing.containsKey(tenant),
                sum.digest().hex(),
                sum.files(),
                sum.conflicts(),
                differing.getOrDefault(tenant, List.of()),
                List.of(),
                "")));
        return tenants;
    }

    private Map<BucketKey, Sums> wantedOf(Map<BucketKey, Sums> buckets) {
        buckets.keySet().removeIf(key -> !wanted.test(key.tenant()));
        return buckets;
    }

    /** Several streams processes report the same positions, of their group. */
    private long siteBehind(SiteName site) {
        List<NodeReported> reporting = nodes.stream()
                .filter(node -> node.report().site().equals(site) && !isGone(node))
                .map(KnownNode::report)
                .filter(node -> node.role().equals("streams") || node.role().equals("mirror"))
                .toList();
        long streams = reporting.stream()
                .filter(node -> node.role().equals("streams"))
                .mapToLong(Agreement::behind)
                .max()
                .orElse(0);
        long mirror = reporting.stream()
                .filter(node -> node.role().equals("mirror"))
                .mapToLong(Agreement::behind)
                .sum();
        return reporting.isEmpty() ? -1 : streams + mirror;
    }

    private NodeAgreement node(KnownNode known) {
        NodeReported node = known.report();
        Map<Tenant, Sums> cluster = DigestBoard.byTenant(board.buckets(node.cluster()));
        Set<String> tenants = new TreeSet<>();
        if (node.role().equals("edge") || !node.digests().isEmpty()) {
            node.digests().forEach((tenant, digest) -> {
                Sums sums = cluster.getOrDefault(new Tenant(tenant), Sums.NOTHING);
                if (!sums.digest().hex().equals(digest)) {
                    tenants.add(tenant);
                }
            });
            cluster.forEach((tenant, sums) -> {
                if (!node.digests().containsKey(tenant.value())
                        && !sums.digest().equals(IndexDigest.EMPTY)) {
                    tenants.add(tenant.value());
                }
            });
            tenants.removeIf(tenant -> !wanted.test(new Tenant(tenant)));
        }
        boolean silent = known.ageMillis() > NODE_SILENT_MILLIS && !node.state().equals("STOPPED");
        return new NodeAgreement(
                node.site().value(),
                node.node(),
                node.role(),
                silent ? "SILENT" : node.state(),
                tenants.isEmpty(),
                behind(node),
                node.stalenessMillis() < 0 ? -1 : seconds(node.stalenessMillis()),
                seconds(known.ageMillis()),
                List.copyOf(tenants));
    }

    private static boolean isGone(KnownNode node) {
        return node.report().state().equals("STOPPED") || node.ageMillis() > NODE_GONE_MILLIS;
    }

    private static long seconds(long millis) {
        return Math.max(0, millis) / 1000;
    }
}
