package io.tftpdc.cli;

import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.ConvergenceReport.NodeAgreement;
import io.tftpdc.client.ConvergenceReport.SiteAgreement;
import io.tftpdc.client.ConvergenceReport.TenantAgreement;
import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code tftpdc sync-status}. */
@Command(
        name = "sync-status",
        description = "Shows whether all sites and nodes hold the same, and where they do not.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all agree", "1:they do not, or it failed; standard error says why", "2:not understood"})
final class SyncStatusCommand extends RestCommand {
    private static final int SHORT_DIGEST = 12;
    private static final int BUCKETS_SHOWN = 8;

    @Option(
            names = {"-t", "--tenant"},
            paramLabel = "TENANT",
            description = "Only this tenant's files; all unless given.",
            defaultValue = "")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String tenant;

    @Option(names = "--paths", description = "Name the files that differ; needs --tenant.")
    private boolean paths;

    @Option(names = "--json", description = "One JSON object, with all that is known.")
    private boolean json;

    private boolean agree;

    @Override
    void run(TftpdcClient client) throws IOException {
        if (paths && tenant.isEmpty()) {
            throw new ParameterException(spec().commandLine(), "--paths needs --tenant: whose files are to be named?");
        }
        ConvergenceReport report = client.convergence(tenant, paths);
        agree = report.agree();
        if (json) {
            out().println(json(report));
            return;
        }
        report.sites().forEach(site -> show(site, report.site()));
        report.nodes().forEach(this::show);
        out().println(agree ? "all agree" : "they do not all agree");
    }

    @Override
    int exitCode() {
        return agree ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void show(SiteAgreement site, String here) {
        out().println("site " + site.site() + (site.site().equals(here) ? " (here)" : "") + "  " + site.state()
                + (site.behindSeconds() > 0 ? ", for " + site.behindSeconds() + " s" : "")
                + (site.behindEvents() > 0 ? ", " + site.behindEvents() + " events to read" : "")
                + (site.reportAgeSeconds() < 0
                        ? ", never heard of its index"
                        : ", heard of " + site.reportAgeSeconds() + " s ago"));
        site.tenants().forEach(this::show);
    }

    private void show(TenantAgreement tenant) {
        out().println("  tenant " + tenant.tenant() + "  " + tenant.digest().substring(0, SHORT_DIGEST) + "  "
                + tenant.files() + " files"
                + (tenant.conflicts() > 0 ? ", " + tenant.conflicts() + " conflicts" : "")
                + (tenant.same() ? "" : ", differs in " + buckets(tenant.buckets())));
        tenant.paths().forEach(path -> out().println("    " + path.path()
                + switch (path.where()) {
                    case "here" -> "  only here";
                    case "both" -> "  different";
                    default -> "  only at " + path.where();
                }));
        if (!tenant.note().isEmpty()) {
            out().println("    " + tenant.note());
        }
    }

    private static String buckets(List<Integer> buckets) {
        String shown = String.join(
                ", ", buckets.stream().limit(BUCKETS_SHOWN).map(String::valueOf).toList());
        return (buckets.size() == 1 ? "bucket " : buckets.size() + " buckets: ")
                + shown
                + (buckets.size() > BUCKETS_SHOWN ? ", …" : "");
    }

    private void show(NodeAgreement node) {
        out().println("node " + node.site() + "/" + node.node() + "  " + node.role() + " " + node.state()
                + (node.same() ? "" : ", differs for " + String.join(", ", node.tenants()))
                + (node.behindEvents() > 0 ? ", " + node.behindEvents() + " events to read" : "")
                + (node.behindSeconds() > 0 ? ", complete as of " + node.behindSeconds() + " s ago" : "")
                + ", reported " + node.reportAgeSeconds() + " s ago");
    }
}
