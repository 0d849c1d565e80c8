package io.tftpdc.admin.nodes;

import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.ConvergenceReport.DifferingPath;
import io.tftpdc.client.ConvergenceReport.SiteAgreement;
import io.tftpdc.client.ConvergenceReport.TenantAgreement;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.FileCatalog.Fingerprints;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.placement.KnownNode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Names the files in which an other site's index differs, by asking its streams processors. Any thread; blocks. */
final class DifferingPaths {
    private static final int MAX_BUCKETS = 16;
    private static final int MAX_PATHS = 1000;
    /** Well below what an index tells at once, as buckets are not all of one size. */
    private static final long ENTRIES_AT_ONCE = 40_000;

    private final SiteName site;
    private final FileCatalog here;
    private final List<KnownNode> nodes;

    /** @param site whose index {@code here} is */
    DifferingPaths(SiteName site, FileCatalog here, List<KnownNode> nodes) {
        this.site = site;
        this.here = here;
        this.nodes = nodes;
    }

    ConvergenceReport fillIn(ConvergenceReport report) {
        return new ConvergenceReport(
                report.site(),
                report.agree(),
                report.asOf(),
                report.sites().stream().map(this::fillIn).toList(),
                report.nodes());
    }

    private SiteAgreement fillIn(SiteAgreement site) {
        return new SiteAgreement(
                site.site(),
                site.state(),
                site.behindEvents(),
                site.behindSeconds(),
                site.reportAgeSeconds(),
                site.tenants().stream()
                        .map(tenant -> tenant.same() ? tenant : fillIn(site.site(), tenant))
                        .toList());
    }

    private TenantAgreement fillIn(String site, TenantAgreement tenant) {
        Optional<URI> address = addressOf(site);
        if (address.isEmpty()) {
            return with(
                    tenant, List.of(), "buckets only, because the address of site " + site + "'s index is not known");
        }
        List<Integer> buckets = tenant.buckets()
                .subList(
                        0,
                        Math.min(bucketsAtOnce(tenant.files()), tenant.buckets().size()));
        try (FileCatalog there = new FileCatalog(address.get())) {
            Tenant name = new Tenant(tenant.tenant());
            Fingerprints theirs = require(site, address.get(), there.fingerprints(name, buckets));
            Fingerprints ours = here.fingerprints(name, buckets);
            while (ours.more() || theirs.more()) {
                // Two cut lists cannot be compared: what one of them leaves out would seem to be missing there.
                if (buckets.size() == 1) {
                    return with(tenant, List.of(), "buckets only, because bucket " + buckets.get(0) + " is too large");
                }
                buckets = buckets.subList(0, buckets.size() / 2);
                ours = here.fingerprints(name, buckets);
                theirs = there.fingerprints(name, buckets);
            }
            List<DifferingPath> paths = compare(ours, theirs, site);
            boolean whole = buckets.size() == tenant.buckets().size() && paths.size() <= MAX_PATHS;
            return with(
                    tenant,
                    paths.subList(0, Math.min(MAX_PATHS, paths.size())),
                    whole ? "" : "not all that differ are named");
        } catch (IOException e) {
            return with(tenant, List.of(), "buckets only, because " + e.getMessage());
        }
    }

    /** Each question has both indexes looked through, so that asking for too many and once more for fewer takes twice as long. */
    private static int bucketsAtOnce(long files) {
        return (int) Math.clamp(ENTRIES_AT_ONCE * IndexDigest.BUCKETS / Math.max(1, files), 1, MAX_BUCKETS);
    }

    /** An address such as localhost leads somewhere else from here than from there. */
    private Fingerprints require(String wanted, URI address, Fingerprints answer) throws IOException {
        if (answer.site().equals(wanted)) {
            return answer;
        }
        throw new IOException("at " + address.getAuthority() + ", which the streams processors of site " + wanted
                + " report as their address, answers "
                + (answer.site().isEmpty()
                        ? "an index that does not say whose it is, of an older version perhaps"
                        : "the index of site " + answer.site()
                                + (answer.site().equals(site.value()) ? ", this one" : ""))
                + "; set advertised-host there to a name that leads there from here");
    }

    /** Of the site's streams process that reported last; empty, too, when what it says is no {@code host:port}. */
    private Optional<URI> addressOf(String site) {
        return nodes.stream()
                .filter(node -> node.report().role().equals("streams")
                        && node.report().site().value().equals(site)
                        && !node.report().state().equals("STOPPED")
                        && node.report().addresses().containsKey("http"))
                .min(Comparator.comparingLong(KnownNode::ageMillis))
                .flatMap(node -> uri(node.report().addresses().getOrDefault("http", "")));
    }

    private static Optional<URI> uri(String hostAndPort) {
        try {
            return Optional.of(new URI("http://" + hostAndPort))
                    .filter(uri -> uri.getHost() != null && hostAndPort.equals(uri.getAuthority()));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static List<DifferingPath> compare(Fingerprints ours, Fingerprints theirs, String site) {
        Set<String> all = new TreeSet<>(ours.byPath().keySet());
        all.addAll(theirs.byPath().keySet());
        List<DifferingPath> differing = new ArrayList<>();
        for (String path : all) {
            String our = ours.byPath().getOrDefault(path, "");
            String their = theirs.byPath().getOrDefault(path, "");
            if (!our.equals(their)) {
                differing.add(new DifferingPath(path, our.isEmpty() ? site : their.isEmpty() ? "here" : "both"));
            }
        }
        return differing;
    }

    private static TenantAgreement with(TenantAgreement tenant, List<DifferingPath> paths, String note) {
        return new TenantAgreement(
                tenant.tenant(),
                tenant.same(),
                tenant.digest(),
                tenant.files(),
                tenant.conflicts(),
                tenant.buckets(),
                paths,
                note);
    }
}
