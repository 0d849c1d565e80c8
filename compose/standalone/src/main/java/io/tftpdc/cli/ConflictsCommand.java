package io.tftpdc.cli;

import io.tftpdc.client.ConflictPage;
import io.tftpdc.client.ConflictPage.Conflict;
import io.tftpdc.client.ConflictPage.Version;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.client.TftpdcClient.Restored;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpdc conflicts}. */
@Command(
        name = "conflicts",
        description = "Lists files of which a version lost to another site's whose writer did not know of it.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = ConflictsCommand.Restore.class)
final class ConflictsCommand extends RestCommand {
    private static final int PAGE = 500;
    private static final int SHORT_HASH = 12;

    @Mixin
    private final TenantOption tenant = new TenantOption();

    @Option(names = "--prefix", paramLabel = "PATH", description = "Only paths that begin so.", defaultValue = "")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String prefix;

    @Option(names = "--json", description = "One JSON object a line, with all that is known.")
    private boolean json;

    @Override
    void run(TftpdcClient client) throws IOException {
        String after = "";
        ConflictPage page;
        do {
            page = client.conflicts(tenant.tenant(), prefix, after, PAGE);
            for (Conflict conflict : page.conflicts()) {
                show(conflict);
            }
            after = page.next();
        } while (!after.isEmpty());
        if (!json) {
            out().println(page.total() == 0 ? "no open conflicts" : page.total() + " open conflicts");
        }
    }

    private void show(Conflict conflict) throws IOException {
        if (json) {
            out().println(json(conflict));
            return;
        }
        out().println(conflict.path());
        out().println("  won   " + line(conflict.winner()));
        conflict.losers().forEach(loser -> out().println("  lost  " + line(loser)));
    }

    private static String line(Version version) {
        boolean published = version.kind().equals("published");
        return String.format(
                        "%-24s  %-9s  %10s  %-" + SHORT_HASH + "s  %s  %s  %s",
                        version.time(),
                        version.kind(),
                        published ? size(version.size()) : "",
                        published ? version.sha256().substring(0, SHORT_HASH) : "",
                        version.origin(),
                        version.actor(),
                        version.revision())
                .stripTrailing();
    }

    /** {@code tftpdc conflicts restore}. */
    @Command(
            name = "restore",
            description = "Makes a version that lost the newest of its file; restoring the winner says that it stays.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Restore extends RestCommand {
        @Parameters(paramLabel = "PATH", description = "The file, such as boot/x.efi.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private String path;

        @Mixin
        private final TenantOption tenant = new TenantOption();

        @Option(
                names = "--revision",
                paramLabel = "ID",
                description = "Which version, as the list names it; the latest that lost unless given.",
                defaultValue = "")
        @SuppressWarnings("NullAway.Init")
        private String revision;

        @Override
        void run(TftpdcClient client) throws IOException {
            Restored restored = client.restore(tenant.tenant(), path, revision);
            out().println("restored " + restored.tenant() + "/" + restored.path() + " to revision "
                    + restored.revision()
                    + (restored.kind().equals("removed") ? ", which removed it" : "")
                    + (restored.shown() ? "" : "; the index does not show it yet"));
        }
    }
}
