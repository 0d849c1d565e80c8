package io.tftpdc.cli;

import io.tftpdc.client.PublishReceipt;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.client.TftpdcClient.Publication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpdc publish}. */
@Command(
        name = "publish",
        description = "Publishes a file: every edge node serves it from then on.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class PublishCommand extends RestCommand {
    @Parameters(paramLabel = "FILE", description = "What to publish.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path file;

    @Mixin
    private final TenantOption tenant = new TenantOption();

    @Option(
            names = {"-p", "--path"},
            paramLabel = "PATH",
            description = "The name to publish it under, such as boot/x.efi; the file's own name unless given.")
    private @Nullable String path;

    @Option(
            names = "--label",
            paramLabel = "NAME=VALUE",
            description = "A label, for placement and search; repeatable.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--site",
            paramLabel = "SITE",
            split = ",",
            description = "Sites that serve this instead of the file that all sites have; repeatable.")
    private List<String> sites = new ArrayList<>();

    @Option(names = "--content-type", paramLabel = "TYPE", description = "Its media type.", defaultValue = "")
    @SuppressWarnings("NullAway.Init")
    private String contentType;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar; there is none anyway where no terminal is.")
    private boolean quiet;

    @Override
    void run(TftpdcClient client) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException((Files.exists(file) ? file + " is not a file" : file + " does not exist")
                    + "; give the file to publish");
        }
        String under = path == null ? file.toAbsolutePath().getFileName().toString() : path;
        PublishReceipt receipt;
        try (Progress progress = Progress.of(under, Files.size(file), quiet)) {
            receipt =
                    client.publish(file, new Publication(tenant.tenant(), under, contentType, labels, sites), progress);
        }
        out().printf(
                        "%s %s/%s%s, %s, SHA-256 %s%n",
                        receipt.outcome(),
                        receipt.tenant(),
                        receipt.path(),
                        forSites(receipt.sites()),
                        size(receipt.size()),
                        receipt.sha256());
        if (receipt.outcome().equals("accepted")) {
            out().println(receipt.message());
        }
    }

    private static String forSites(List<String> sites) {
        return sites.isEmpty() ? "" : " for " + String.join(", ", sites);
    }
}
