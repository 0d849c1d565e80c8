package io.tftpdc.cli;

import io.tftpdc.client.PlacedClient;
import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpdc placement}. */
@Command(
        name = "placement",
        description = "Lists the edge nodes for a client, the best first, and why.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class PlacementCommand extends RestCommand {
    @Parameters(paramLabel = "ADDRESS", description = "The client's, such as 10.1.2.3.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String address;

    @Option(names = "--json", description = "One JSON object with all that is known.")
    private boolean json;

    @Override
    void run(TftpdcClient client) throws IOException {
        PlacedClient placed = client.placement(address);
        if (json) {
            out().println(json(placed));
            return;
        }
        for (PlacedClient.Edge edge : placed.edges()) {
            out().println(String.format(
                    "%-8s  %-28s  %-21s  %s",
                    edge.standing(),
                    edge.site() + "/" + edge.node(),
                    edge.addresses().getOrDefault("tftp", ""),
                    edge.why()));
        }
    }
}
