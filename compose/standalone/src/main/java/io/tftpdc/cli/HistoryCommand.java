package io.tftpdc.cli;

import io.tftpdc.client.FileHistory;
import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpdc history}. */
@Command(
        name = "history",
        description = "Shows what happened to a file, the latest first; the first line is what counts.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class HistoryCommand extends RestCommand {
    private static final int SHORT_HASH = 12;

    @Parameters(paramLabel = "PATH", description = "The file, such as boot/x.efi.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String path;

    @Mixin
    private final TenantOption tenant = new TenantOption();

    @Option(names = "--json", description = "One JSON object a line, with all that is known.")
    private boolean json;

    @Override
    void run(TftpdcClient client) throws IOException {
        for (FileHistory.Revision revision :
                client.history(tenant.tenant(), path).revisions()) {
            out().println(json ? json(revision) : line(revision));
        }
    }

    private static String line(FileHistory.Revision revision) {
        boolean published = revision.kind().equals("published");
        return String.format(
                        "%-24s  %-9s  %10s  %-" + SHORT_HASH + "s  %s  %s",
                        revision.time(),
                        revision.kind(),
                        published ? size(revision.size()) : "",
                        published ? revision.sha256().substring(0, SHORT_HASH) : "",
                        revision.origin(),
                        revision.actor())
                .stripTrailing();
    }
}
