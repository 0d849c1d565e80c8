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
        TftpdcClient.Nodes nodes = client.nodesAndSettings();
        for (NodeInfo node : nodes.nodes()) {
            out().println(json ? json(node) : line(node, nodes.configuration()));
        }
    }

    private static String line(NodeInfo node, String configuration) {
        return String.format(
                        "%-24s  %-8s  %-8s  %s  %s%s",
                        node.site() + "/" + node.node(),
                        node.role().isEmpty() ? "-" : node.role(),
                        node.state(),
                        node.reportedAt(),
                        configuration(node, configuration),
                        String.join(" ", new TreeMap<>(node.addresses()).values()))
                .stripTrailing();
    }

    /** Nothing for nodes that heed no settings. */
    private static String configuration(NodeInfo node, String here) {
        if (node.configuration().isEmpty()) {
            return "";
        }
        String problem = node.configurationProblem().isEmpty() ? "" : " (" + node.configurationProblem() + ")";
        String other = node.configuration().equals(here) || !problem.isEmpty() ? "" : " (other than here)";
        return "config " + node.configuration() + other + problem + "  ";
    }
}
