package io.tftpdc.cli;

import io.tftpdc.client.NodeInfo;
import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tftpdc nodes}. */
@Command(
        name = "nodes",
        description = "Lists the nodes of all sites as they last reported themselves.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class NodesCommand extends RestCommand {
    @Option(names = "--json", description = "One JSON object a line, with all that is known.")
    private boolean json;

    @Override
    void run(TftpdcClient client) throws IOException {
        for (NodeInfo node : client.nodes()) {
            out().println(json ? json(node) : line(node));
        }
    }

    private static String line(NodeInfo node) {
        return String.format(
                        "%-24s  %-8s  %-8s  %s  %s",
                        node.site() + "/" + node.node(),
                        node.role().isEmpty() ? "-" : node.role(),
                        node.state(),
                        node.reportedAt(),
                        String.join(" ", new TreeMap<>(node.addresses()).values()))
                .stripTrailing();
    }
}
