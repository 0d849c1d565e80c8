package io.tftpdc.admin.nodes;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.oas.annotations.Operation;
import io.tftpdc.admin.config.SettingsDirectory;
import io.tftpdc.admin.tenants.TenantsResource;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.NodeInfo;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.event.NodeReported;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Instant;
import java.util.TreeMap;

/** Nodes as they report themselves, and the convergence digests to compare them with. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
public final class NodesResource {
    private final NodeDirectory nodes;
    private final ForgottenSites forgotten;
    private final SettingsDirectory settings;
    private final TenantsResource tenants;
    private final FileCatalog catalog;

    public NodesResource(
            NodeDirectory nodes,
            ForgottenSites forgotten,
            SettingsDirectory settings,
            TenantsResource tenants,
            FileCatalog catalog) {
        this.nodes = nodes;
        this.forgotten = forgotten;
        this.settings = settings;
        this.tenants = tenants;
        this.catalog = catalog;
    }

    @GET
    @Path("/nodes")
    @Operation(summary = "List the nodes as they last reported themselves")
    public TftpdcClient.Nodes list() {
        return new TftpdcClient.Nodes(
                nodes.all().stream()
                        .filter(node -> !forgotten.isForgotten(node))
                        .map(NodesResource::describe)
                        .toList(),
                settings.state().digest());
    }

    @GET
    @Path("/digests")
    @Operation(summary = "Show the convergence digests of this site's index for a tenant")
    public JsonNode digests(@QueryParam("tenant") @DefaultValue("default") String tenant) throws IOException {
        return catalog.digests(tenants.require(tenant).tenant());
    }

    private static NodeInfo describe(NodeReported report) {
        return new NodeInfo(
                report.site().value(),
                report.node(),
                report.role(),
                report.cluster().value(),
                report.version(),
                report.state(),
                Instant.ofEpochMilli(report.startedAtMillis()).toString(),
                Instant.ofEpochMilli(report.reportedAtMillis()).toString(),
                report.activeTransfers(),
                report.indexEntries(),
                report.contentBytes(),
                report.stalenessMillis(),
                Agreement.behind(report),
                report.capacity(),
                new TreeMap<>(report.digests()),
                new TreeMap<>(report.addresses()),
                report.configuration(),
                report.configurationProblem());
    }
}
