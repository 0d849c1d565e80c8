package io.tftpdc.cli;

import io.tftpdc.client.FileInfo;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--site",
            paramLabel = "SITE",
            description = "Only that site's variants, which it serves instead of what all sites have.")
    private @Nullable String site;

    @Option(names = "-l", description = "With size, time of publishing and the beginning of the SHA-256.")
    private boolean details;

    @Option(names = "--json", description = "One JSON object a line, with all that is known.")
    private boolean json;

    @Override
    void run(TftpdcClient client) throws IOException {
        String asked = site == null ? prefix : SiteVariant.PREFIX + new SiteName(site) + "/" + prefix;
        try (Stream<FileInfo> files = client.files(tenant.tenant(), asked)) {
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
                        size(file.size()),
                        file.publishedAt(),
                        file.sha256().substring(0, SHORT_HASH),
                        named(file.path()))
                : named(file.path());
    }

    /** A variant's plain path, with its site behind it. */
    private static String named(String path) {
        return FilePath.parse(path) instanceof FilePath.Parsed.Valid valid
                ? SiteVariant.of(valid.path())
                        .map(variant -> variant.path() + "  [" + variant.site() + "]")
                        .orElse(path)
                : path;
    }
}
