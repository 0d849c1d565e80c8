package io.tftpdc.cli;

import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.client.TftpdcClient.ForgottenSite;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tftpdc sites}. */
@Command(
        name = "sites",
        description = "Lists the sites that are known here, and whether each holds the same.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = SitesCommand.Forget.class)
final class SitesCommand extends RestCommand {
    @Override
    void run(TftpdcClient client) throws IOException {
        ConvergenceReport report = client.convergence("", false);
        report.sites().forEach(site -> out().println(
                        site.site() + (site.site().equals(report.site()) ? " (here)" : "") + "  " + site.state()));
    }

    /** {@code tftpdc sites forget}. */
    @Command(
            name = "forget",
            description = "Says that a site was removed for good: no site waits for it until it is heard of again.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Forget extends RestCommand {
        @Parameters(paramLabel = "NAME", description = "The site, as sync-status names it.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private String name;

        @Override
        void run(TftpdcClient client) throws IOException {
            ForgottenSite forgotten = client.forgetSite(name);
            out().println("site " + forgotten.site() + " is forgotten; its files stay, and it comes back by itself when"
                    + " it is heard of again");
        }
    }
}
