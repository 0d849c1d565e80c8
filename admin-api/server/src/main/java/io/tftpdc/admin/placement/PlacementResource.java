package io.tftpdc.admin.placement;

import io.swagger.v3.oas.annotations.Operation;
import io.tftpdc.admin.http.Problem;
import io.tftpdc.admin.nodes.NodeDirectory;
import io.tftpdc.event.NodeReported;
import io.tftpdc.placement.Placement;
import io.tftpdc.placement.Subnet;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The edge nodes for a client, the best first, for DHCP hooks and people who wonder. */
@Path("/api/v1/placement")
public final class PlacementResource {
    private final NodeDirectory nodes;
    private final Placement placement;

    public PlacementResource(NodeDirectory nodes, Placement placement) {
        this.nodes = nodes;
        this.placement = placement;
    }

    /**
     * The answer of {@code GET /api/v1/placement}.
     *
     * @param site nearest to the client
     * @param subnet by which that is known, empty for a client of no subnet
     */
    public record Placed(String client, String site, String subnet, List<Edge> edges) {}

    /**
     * @param live whether it serves, as far as is known; those that may not are last
     * @param standing {@code live}, {@code full}, {@code refusing}, {@code starting} or {@code silent}
     * @param load share of its capacity in use, 0 where it names none
     * @param ageMillis since it was heard from
     * @param stalenessMillis since it had all that Kafka has, -1 if never
     * @param addresses {@code host:port} by protocol
     * @param why it is where it is in the list
     */
    public record Edge(
            String site,
            String node,
            boolean live,
            String standing,
            String state,
            double load,
            long ageMillis,
            long stalenessMillis,
            Map<String, String> addresses,
            String why) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "List the edge nodes for a client, the best first, and why")
    public Placed placed(@QueryParam("client") @Nullable String client) {
        InetAddress address = address(client);
        Placement.Order order = placement.order(address, nodes.known());
        return new Placed(
                address.getHostAddress(),
                order.location().site().value(),
                order.location().subnet().map(Subnet::toString).orElse(""),
                order.choices().stream().map(PlacementResource::edge).toList());
    }

    /** For shells: the TFTP addresses of those that are alive, one a line. */
    @GET
    @Produces("text/plain;qs=0.5")
    @Operation(summary = "List the TFTP addresses of the live edge nodes for a client, one a line, the best first")
    public String lines(@QueryParam("client") @Nullable String client) {
        return placement.order(address(client), nodes.known()).choices().stream()
                .filter(Placement.Choice::live)
                .map(choice -> choice.node().report().addresses().get("tftp"))
                .filter(endpoint -> endpoint != null)
                .map(endpoint -> endpoint + "\n")
                .collect(Collectors.joining());
    }

    private static InetAddress address(@Nullable String client) {
        try {
            return Subnet.address(client == null ? "" : client);
        } catch (IllegalArgumentException e) {
            throw Problem.of(
                            400,
                            "bad-client",
                            "`client` is '" + (client == null ? "" : client) + "'; expected an address such as 10.1.2.3"
                                    + " or 2001:db8::7",
                            "Give the client's address: /api/v1/placement?client=10.1.2.3")
                    .asException();
        }
    }

    private static Edge edge(Placement.Choice choice) {
        NodeReported report = choice.node().report();
        return new Edge(
                report.site().value(),
                report.node(),
                choice.live(),
                choice.standing().name().toLowerCase(Locale.ROOT),
                report.state(),
                choice.load(),
                choice.node().ageMillis(),
                report.stalenessMillis(),
                new TreeMap<>(report.addresses()),
                choice.why());
    }
}
