package io.tftpdc.admin.nodes;

import io.swagger.v3.oas.annotations.Operation;
import io.tftpdc.admin.http.Problem;
import io.tftpdc.admin.tenants.TenantsResource;
import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.convergence.DigestBoard;
import io.tftpdc.placement.KnownNode;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.function.LongSupplier;

/** Whether all sites and nodes hold the same, and where they do not. */
@Path("/api/v1/convergence")
@Produces(MediaType.APPLICATION_JSON)
public final class ConvergenceResource {
    private final SiteName site;
    private final DigestBoard board;
    private final NodeDirectory nodes;
    private final ForgottenSites forgotten;
    private final TenantsResource tenants;
    private final FileCatalog catalog;
    private final LongSupplier steadyMillis;

    /** @param steadyMillis milliseconds near those of the wall clock, never jumping; the board's */
    public ConvergenceResource(
            SiteName site,
            DigestBoard board,
            NodeDirectory nodes,
            ForgottenSites forgotten,
            TenantsResource tenants,
            FileCatalog catalog,
            LongSupplier steadyMillis) {
        this.site = site;
        this.board = board;
        this.nodes = nodes;
        this.forgotten = forgotten;
        this.tenants = tenants;
        this.catalog = catalog;
        this.steadyMillis = steadyMillis;
    }

    @GET
    @Operation(
            summary = "Compare the indexes of all sites and nodes",
            description = "By what they said last through Kafka: same or different for each tenant, which buckets"
                    + " differ, how far each is behind. With tenant and paths=true the other sites' indexes are asked"
                    + " which files differ, at most 1000 a site.")
    public ConvergenceReport compare(
            @QueryParam("tenant") @DefaultValue("") String tenant,
            @QueryParam("paths") @DefaultValue("false") boolean paths) {
        if (paths && tenant.isEmpty()) {
            throw Problem.of(400, "tenant-missing", "paths=true needs a tenant", "Add tenant=<name>")
                    .asException();
        }
        String wanted = tenant.isEmpty() ? "" : tenants.require(tenant).tenant().value();
        List<KnownNode> known = nodes.known();
        ConvergenceReport report = new Agreement(
                        site,
                        board,
                        known,
                        forgotten,
                        one -> wanted.isEmpty() || one.value().equals(wanted),
                        steadyMillis.getAsLong())
                .report();
        return paths ? new DifferingPaths(site, catalog, known).fillIn(report) : report;
    }
}
