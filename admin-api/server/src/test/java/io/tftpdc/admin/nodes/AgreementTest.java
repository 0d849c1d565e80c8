package io.tftpdc.admin.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.ConvergenceReport.DifferingPath;
import io.tftpdc.client.ConvergenceReport.SiteAgreement;
import io.tftpdc.client.ConvergenceReport.TenantAgreement;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestBoard;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.placement.KnownNode;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AgreementTest {
    private static final long NOW = 1_000_000_000;
    private static final SiteName DC1 = new SiteName("dc1");
    private static final SiteName DC2 = new SiteName("dc2");

    private final DigestBoard board = new DigestBoard();
    private final List<KnownNode> nodes = new ArrayList<>();
    private final ForgottenSites forgotten = new ForgottenSites();

    @Test
    void sitesWithEqualSumsAgreeHoweverTheirPartitionsAre() {
        alive(DC1, NOW);
        alive(DC2, NOW);
        bucket(DC1, 0, 7, 5, NOW);
        bucket(DC2, 0, 7, 2, NOW);
        bucket(DC2, 1, 7, 3, NOW);

        ConvergenceReport report = report();

        assertThat(report.agree()).isTrue();
        assertThat(report.sites()).extracting(SiteAgreement::state).containsExactly("same", "same");
        assertThat(report.sites().get(1).behindEvents()).as("nobody says").isEqualTo(-1);
    }

    @Test
    void aDifferenceIsToldWithItsBucketsAndSinceWhen() {
        alive(DC1, NOW);
        alive(DC2, NOW - 3_000);
        bucket(DC1, 0, 7, 5, NOW - 50_000);
        bucket(DC2, 0, 7, 6, NOW - 20_000);
        bucket(DC1, 0, 9, 1, NOW - 12_000);
        bucket(DC1, 0, 11, 1, NOW - 90_000);
        bucket(DC2, 0, 11, 1, NOW - 80_000);
        node(DC2, "s1", "streams", "READY", NOW, Map.of(), 42);

        ConvergenceReport report = report();

        assertThat(report.agree()).isFalse();
        SiteAgreement there = report.sites().get(1);
        assertThat(there.state()).isEqualTo("different");
        assertThat(there.behindSeconds()).as("bucket 7 is the older one").isEqualTo(20);
        assertThat(there.behindEvents()).isEqualTo(42);
        assertThat(there.reportAgeSeconds()).isEqualTo(3);
        assertThat(there.tenants()).singleElement().satisfies(tenant -> {
            assertThat(tenant.same()).isFalse();
            assertThat(tenant.buckets()).containsExactly(7, 9);
        });
    }

    @Test
    void aSiteThatIsSilentOrWasNeverHeardOfDoesNotAgree() {
        alive(DC1, NOW);
        alive(DC2, NOW - 60_000);
        node(new SiteName("dc3"), "edge-1", "edge", "READY", NOW, Map.of(), 0);

        ConvergenceReport report = report();

        assertThat(report.agree()).isFalse();
        assertThat(report.sites()).extracting(SiteAgreement::state).containsExactly("same", "silent", "silent");
        assertThat(report.sites().get(2).reportAgeSeconds()).isEqualTo(-1);
    }

    @Test
    void anEdgeIsComparedWithTheSiteWhoseKafkaItFollows() {
        alive(DC1, NOW);
        bucket(DC1, 0, 7, 5, NOW);
        String right = new IndexDigest(5, 0, 0, 0).hex();
        node(DC1, "good", "edge", "READY", NOW, Map.of("default", right), 0);
        node(DC1, "late", "edge", "READY", NOW, Map.of("default", new IndexDigest(4, 0, 0, 0).hex()), 3);
        node(DC1, "empty", "edge", "STARTING", NOW, Map.of(), 9);
        node(DC1, "mute", "edge", "READY", NOW - 70_000, Map.of("default", right), 0);
        node(DC1, "ended", "edge", "STOPPED", NOW - 70_000, Map.of("default", right), 0);
        node(DC1, "forgotten", "edge", "READY", NOW - 4_000_000, Map.of(), 0);

        ConvergenceReport report = report();

        assertThat(report.agree()).isFalse();
        assertThat(report.nodes())
                .extracting(node -> node.node() + " " + node.state() + " " + node.same())
                .containsExactly(
                        "good READY true",
                        "late READY false",
                        "empty STARTING false",
                        "mute SILENT true",
                        "ended STOPPED true",
                        "forgotten SILENT false");
        nodes.removeIf(node ->
                !List.of("good", "ended", "forgotten").contains(node.report().node()));
        assertThat(report().agree())
                .as("those that are gone are not waited for")
                .isTrue();
    }

    @Test
    void differingFilesAreNamedWhereTheOtherSitesIndexAnswers() throws IOException {
        alive(DC1, NOW);
        alive(DC2, NOW);
        bucket(DC1, 0, 7, 5, NOW);
        bucket(DC2, 0, 7, 6, NOW);
        assertThat(differingPaths(new FileCatalog(URI.create("http://unused"))).note())
                .contains("buckets only", "address of site dc2's index is not known");
        HttpServer here = fingerprints("dc1", "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}");
        HttpServer there = fingerprints("dc2", "{\"b\":\"2\",\"c\":\"4\",\"d\":\"5\"}");
        try (FileCatalog catalog = new FileCatalog(url(here))) {
            indexOfDc2At(there);

            TenantAgreement tenant = differingPaths(catalog);

            assertThat(tenant.paths())
                    .containsExactly(
                            new DifferingPath("a", "here"),
                            new DifferingPath("c", "both"),
                            new DifferingPath("d", "dc2"));
            assertThat(tenant.note()).isEmpty();
        } finally {
            here.stop(0);
            there.stop(0);
        }
    }

    @Test
    void fewerBucketsAreLookedAtRatherThanListsThatWereCut() throws IOException {
        alive(DC1, NOW);
        alive(DC2, NOW);
        bucket(DC1, 0, 7, 5, NOW);
        bucket(DC2, 0, 7, 6, NOW);
        bucket(DC1, 0, 9, 5, NOW);
        bucket(DC2, 0, 9, 6, NOW);
        HttpServer here = fingerprints("dc1", "{\"a\":\"1\",\"b\":\"2\"}", "{\"a\":\"1\",\"c\":\"3\"}");
        HttpServer there = fingerprints("dc2", "{\"a\":\"1\",\"b\":\"3\"}", "{\"b\":\"3\",\"d\":\"4\"}");
        try (FileCatalog catalog = new FileCatalog(url(here))) {
            nodes.add(report(DC2, "old", "streams", "READY", NOW - 1, Map.of(), 0, Map.of("http", "http://no/where")));
            indexOfDc2At(there);

            TenantAgreement tenant = differingPaths(catalog);

            assertThat(tenant.paths()).containsExactly(new DifferingPath("b", "both"));
            assertThat(tenant.note()).isEqualTo("not all that differ are named");
            nodes.removeIf(node -> node.report().node().equals("s1"));
            assertThat(differingPaths(catalog).note()).contains("address of site dc2's index is not known");
        } finally {
            here.stop(0);
            there.stop(0);
        }
    }

    @Test
    void anAddressThatLeadsToAnotherSiteIsNotCompared() throws IOException {
        alive(DC1, NOW);
        alive(DC2, NOW);
        bucket(DC1, 0, 7, 5, NOW);
        bucket(DC2, 0, 7, 6, NOW);
        HttpServer here = fingerprints("dc1", "{\"a\":\"1\"}");
        try (FileCatalog catalog = new FileCatalog(url(here))) {
            String localhost = "localhost:" + here.getAddress().getPort();
            nodes.add(report(DC2, "s1", "streams", "READY", NOW, Map.of(), 0, Map.of("http", localhost)));

            TenantAgreement tenant = differingPaths(catalog);

            assertThat(tenant.paths()).isEmpty();
            assertThat(tenant.note())
                    .contains("buckets only", localhost, "answers the index of site dc1, this one", "advertised-host");
        } finally {
            here.stop(0);
        }
    }

    @Test
    void clocksThatAreWrongMakeNobodySilent() {
        for (long second = 60; second >= 0; second -= 10) {
            alive(DC1, NOW - second * 1_000, NOW - second * 1_000);
            alive(DC2, NOW - second * 1_000 - 200_000, NOW - second * 1_000);
        }
        nodes.add(new KnownNode(
                report(DC1, "edge-1", "edge", "READY", NOW - 200_000, Map.of(), 0, Map.of())
                        .report(),
                2_000));

        ConvergenceReport report = report();

        assertThat(report.sites()).extracting(SiteAgreement::state).containsExactly("same", "same");
        assertThat(report.sites().get(1).reportAgeSeconds()).isZero();
        assertThat(report.nodes()).singleElement().satisfies(node -> {
            assertThat(node.state()).isEqualTo("READY");
            assertThat(node.reportAgeSeconds()).isEqualTo(2);
        });
        assertThat(report.agree()).isTrue();
    }

    @Test
    void aSiteThatWasForgottenIsNotWaitedForUntilItSpeaksAgain() {
        alive(DC1, NOW);
        alive(DC2, NOW - 600_000);
        bucket(DC1, 0, 7, 5, NOW);
        node(DC2, "edge-1", "edge", "READY", NOW - 590_000, Map.of(), 0);
        assertThat(report().agree()).isFalse();

        forgotten.apply(new ConfigEvent.SiteForgotten(
                new EventEnvelope(new EventId(new UUID(1, 1)), DC1, HybridTime.of(NOW, 0), "user:anna"),
                DC2,
                NOW - 500_000));

        assertThat(report().sites()).extracting(SiteAgreement::site).containsExactly("dc1");
        assertThat(report().nodes()).isEmpty();
        assertThat(report().agree()).isTrue();
        alive(DC2, NOW - 1_000);
        assertThat(report().sites()).extracting(SiteAgreement::state).containsExactly("same", "different");
    }

    private void indexOfDc2At(HttpServer answers) {
        nodes.add(report(
                DC2,
                "s1",
                "streams",
                "READY",
                NOW,
                Map.of(),
                0,
                Map.of("http", url(answers).getAuthority())));
    }

    /** What is said of dc2's first tenant when the indexes behind {@code catalog} and at dc2 have been asked. */
    private TenantAgreement differingPaths(FileCatalog catalog) {
        return new DifferingPaths(DC1, catalog, nodes)
                .fillIn(report())
                .sites()
                .get(1)
                .tenants()
                .get(0);
    }

    private static HttpServer fingerprints(String site, String entries) throws IOException {
        return fingerprints(site, entries, entries);
    }

    /** @param cut what is answered, saying that there is more, when several buckets are asked for */
    private static HttpServer fingerprints(String site, String entries, String cut) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/query/v1/fingerprints", exchange -> {
            boolean several = exchange.getRequestURI().getQuery().contains(",");
            byte[] body = ("{\"site\":\"" + site + "\",\"entries\":" + (several ? cut : entries) + ",\"more\":"
                            + (several && !cut.equals(entries)) + "}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static URI url(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private ConvergenceReport report() {
        return new Agreement(DC1, board, nodes, forgotten, tenant -> true, NOW).report();
    }

    private void alive(SiteName site, long atMillis) {
        alive(site, atMillis, atMillis);
    }

    private void alive(SiteName site, long atMillis, long heardMillis) {
        for (int i = 0; i < Topics.FILE_EVENTS.settings().partitions(); i++) {
            board.apply(new DigestReport.Alive(site, i, 1, atMillis), heardMillis);
        }
    }

    private void bucket(SiteName site, int partition, int number, long digest, long atMillis) {
        IndexDigest sum = new IndexDigest(digest, 0, 0, 0);
        board.apply(
                new DigestReport.Bucket(
                        site, partition, 1, atMillis, new BucketKey(Tenant.DEFAULT, number), sum, sum, 1, 0),
                atMillis);
    }

    private void node(
            SiteName site,
            String name,
            String role,
            String state,
            long reportedAtMillis,
            Map<String, String> digests,
            long behind) {
        nodes.add(report(site, name, role, state, reportedAtMillis, digests, behind, Map.of()));
    }

    private static KnownNode report(
            SiteName site,
            String name,
            String role,
            String state,
            long reportedAtMillis,
            Map<String, String> digests,
            long behind,
            Map<String, String> addresses) {
        NodeReported said = new NodeReported(
                site,
                name,
                "dev",
                state,
                0,
                reportedAtMillis,
                0,
                0,
                0,
                0,
                digests,
                List.of(new NodeReported.Position("t", 0, 10, 10 + behind)),
                role,
                addresses,
                site,
                0);
        return new KnownNode(said, NOW - reportedAtMillis);
    }
}
