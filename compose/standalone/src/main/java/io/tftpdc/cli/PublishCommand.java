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
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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
    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Source source;

    /** One of the two. */
    private static final class Source {
        @Parameters(paramLabel = "FILE", description = "What to publish.")
        private @Nullable Path file;

        @Option(
                names = "--from",
                paramLabel = "LOCATION",
                description = "An object to publish where it lies: s3://bucket/key or https://host/path. The admin API"
                        + " reads it once; edge nodes fetch from there.")
        private @Nullable String from;
    }

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
        PublishReceipt receipt = receipt(client);
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

    private PublishReceipt receipt(TftpdcClient client) throws IOException {
        String object = source.from;
        Path local = source.file;
        if (object != null) {
            String plain = object.split("\\?", 2)[0]; // without a version
            return client.publishFrom(object, as(plain.substring(plain.lastIndexOf('/') + 1)));
        }
        return publish(client, Objects.requireNonNull(local, "picocli sees to it that there is one of the two"));
    }

    private PublishReceipt publish(TftpdcClient client, Path local) throws IOException {
        if (!Files.isRegularFile(local)) {
            throw new IOException((Files.exists(local) ? local + " is not a file" : local + " does not exist")
                    + "; give the file to publish");
        }
        Publication as = as(local.toAbsolutePath().getFileName().toString());
        try (Progress progress = Progress.of(as.path(), Files.size(local), quiet)) {
            return client.publish(local, as, progress);
        }
    }

    private Publication as(String ownName) {
        return new Publication(tenant.tenant(), path == null ? ownName : path, contentType, labels, sites);
    }

    private static String forSites(List<String> sites) {
        return sites.isEmpty() ? "" : " for " + String.join(", ", sites);
    }
}
