package io.tftpdc.cli;

import io.tftpdc.client.FileInfo;
import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpdc ls}. */
@Command(
        name = "ls",
        description = "Lists files.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class ListCommand extends RestCommand {
    private static final int SHORT_HASH = 12;

    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            description = "What their paths begin with, such as boot/.",
            defaultValue = "")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String prefix;

    @Mixin
    private final TenantOption tenant = new TenantOption();

    @Option(names = "-l", description = "With size, time of publishing and the beginning of the SHA-256.")
    private boolean details;

    @Option(names = "--json", description = "One JSON object a line, with all that is known.")
    private boolean json;

    @Override
    void run(TftpdcClient client) throws IOException {
        try (Stream<FileInfo> files = client.files(tenant.tenant(), prefix)) {
            for (Iterator<FileInfo> each = files.iterator(); each.hasNext(); ) {
                out().println(line(each.next()));
            }
        }
    }

    private String line(FileInfo file) throws IOException {
        if (json) {
            return json(file);
        }
        return details
                ? String.format(
                        "%10s  %-24s  %s  %s",
                        size(file.size()), file.publishedAt(), file.sha256().substring(0, SHORT_HASH), file.path())
                : file.path();
    }
}
