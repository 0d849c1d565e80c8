package io.tftpdc.admin.nodes;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.oas.annotations.Operation;
import io.tftpdc.admin.tenants.TenantsResource;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.event.NodeReported;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Nodes as they report themselves, and the convergence digests to compare them with. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
public final class NodesResource {
    private final NodeDirectory nodes;
    private final TenantsResource tenants;
    private final FileCatalog catalog;

    public NodesResource(NodeDirectory nodes, TenantsResource tenants, FileCatalog catalog) {
        this.nodes = nodes;
        this.tenants = tenants;
        this.catalog = catalog;
    }

    /** The answer of {@code GET /api/v1/nodes}. */
    public record Nodes(List<Node> nodes) {}

    /**
     * @param reportedAt wall clock of the node, RFC 3339
     * @param stalenessMillis since it last knew that it had all that Kafka has
     * @param digests convergence digest of each tenant
     */
    public record Node(
            String site,
            String node,
            String version,
            String state,
            String startedAt,
            String reportedAt,
            int activeTransfers,
            long indexEntries,
            long contentBytes,
            long stalenessMillis,
            Map<String, String> digests) {}

    @GET
    @Path("/nodes")
    @Operation(summary = "List the nodes as they last reported themselves")
    public Nodes list() {
        return new Nodes(nodes.all().stream().map(NodesResource::describe).toList());
    }

    @GET
    @Path("/digests")
    @Operation(summary = "Show the convergence digests of this site's index for a tenant")
    public JsonNode digests(@QueryParam("tenant") @DefaultValue("default") String tenant) throws IOException {
        return catalog.digests(tenants.require(tenant).tenant());
    }

    private static Node describe(NodeReported report) {
        return new Node(
                report.site().value(),
                report.node(),
                report.version(),
                report.state(),
                Instant.ofEpochMilli(report.startedAtMillis()).toString(),
                Instant.ofEpochMilli(report.reportedAtMillis()).toString(),
                report.activeTransfers(),
                report.indexEntries(),
                report.contentBytes(),
                report.stalenessMillis(),
                new TreeMap<>(report.digests()));
    }
}
