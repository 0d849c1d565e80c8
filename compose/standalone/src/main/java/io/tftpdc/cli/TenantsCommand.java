package io.tftpdc.cli;

import io.tftpdc.client.TenantInfo;
import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpdc tenants}. */
@Command(
        name = "tenants",
        description = "Lists tenants: isolated namespaces of files.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = TenantsCommand.Create.class)
final class TenantsCommand extends RestCommand {
    @Option(names = "--json", description = "One JSON object a line, with all that is known.")
    private boolean json;

    @Override
    void run(TftpdcClient client) throws IOException {
        for (TenantInfo tenant : client.tenants()) {
            out().println(json ? json(tenant) : (tenant.name() + "  " + tenant.description()).stripTrailing());
        }
    }

    /** {@code tftpdc tenants create}. */
    @Command(
            name = "create",
            description = "Creates a tenant and its publish topic, or changes its description.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Create extends RestCommand {
        @Parameters(paramLabel = "NAME", description = "1 to 63 of a-z, 0-9 and '-'.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private String name;

        @Option(names = "--description", paramLabel = "TEXT", description = "For people.", defaultValue = "")
        @SuppressWarnings("NullAway.Init")
        private String description;

        @Override
        void run(TftpdcClient client) throws IOException {
            TenantInfo created = client.createTenant(name, description);
            out().println("tenant " + created.name() + " is there; its producers write to " + created.publishTopic());
        }
    }
}
