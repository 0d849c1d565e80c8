package io.tftpdc.cli;

import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpdc rm}. */
@Command(
        name = "rm",
        description = "Removes a file: no edge node serves it any more. Its history stays.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class RemoveCommand extends RestCommand {
    @Parameters(paramLabel = "PATH", description = "The file, such as boot/x.efi.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String path;

    @Mixin
    private final TenantOption tenant = new TenantOption();

    @Option(
            names = "--site",
            paramLabel = "SITE",
            split = ",",
            description = "Remove these sites' variants of it, which then serve what all sites have; repeatable.")
    private List<String> sites = new ArrayList<>();

    @Override
    void run(TftpdcClient client) throws IOException {
        client.remove(tenant.tenant(), path, sites);
        out().println("removed " + tenant.tenant() + "/" + path
                + (sites.isEmpty() ? "" : " for " + String.join(", ", sites)));
    }
}
