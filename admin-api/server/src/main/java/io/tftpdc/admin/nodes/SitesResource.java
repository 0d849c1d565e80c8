package io.tftpdc.admin.nodes;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.tftpdc.admin.audit.AuditLog;
import io.tftpdc.admin.audit.AuditLog.Deed;
import io.tftpdc.admin.http.Problem;
import io.tftpdc.client.RecordWriter;
import io.tftpdc.client.TftpdcClient.ForgottenSite;
import io.tftpdc.event.ConfigEvent.SiteForgotten;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.convergence.DigestBoard;
import io.tftpdc.placement.KnownNode;
import io.tftpdc.topic.Topics;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/** Sites as the others know them. */
@Path("/api/v1/sites")
@Produces(MediaType.APPLICATION_JSON)
public final class SitesResource {
    private final SiteName here;
    private final DigestBoard board;
    private final NodeDirectory nodes;
    private final ForgottenSites forgotten;
    private final RecordWriter writer;
    private final HybridClock clock;
    private final AuditLog audit;
    private final LongSupplier steadyMillis;

    /** @param steadyMillis milliseconds near those of the wall clock, never jumping; the board's and the directory's */
    public SitesResource(
            SiteName here,
            DigestBoard board,
            NodeDirectory nodes,
            ForgottenSites forgotten,
            RecordWriter writer,
            HybridClock clock,
            AuditLog audit,
            LongSupplier steadyMillis) {
        this.here = here;
        this.board = board;
        this.nodes = nodes;
        this.forgotten = forgotten;
        this.writer = writer;
        this.clock = clock;
        this.audit = audit;
        this.steadyMillis = steadyMillis;
    }

    @DELETE
    @Path("/{site}")
    @Operation(
            summary = "Forget a site that was removed for good",
            description = "No site waits for it any longer. Its files stay. It comes back by itself when it is heard of"
                    + " again.",
            responses = {
                @ApiResponse(responseCode = "200", description = "forgotten"),
                @ApiResponse(responseCode = "404", description = "nobody ever heard of that site"),
                @ApiResponse(responseCode = "409", description = "it is alive, or the one that is asked")
            })
    public ForgottenSite forget(@PathParam("site") String name, @Context HttpServletRequest request)
            throws IOException {
        SiteName site = parse(name);
        List<KnownNode> itsNodes = nodes.known().stream()
                .filter(node -> node.report().site().equals(site))
                .toList();
        Deed deed = new Deed(Tenant.DEFAULT.value(), "site.forget", "site/" + site, request.getRemoteAddr());
        requireGone(site, itsNodes, deed);
        long said = board.lastSaid(site).orElse(0);
        for (KnownNode node : itsNodes) {
            said = Math.max(said, node.report().reportedAtMillis());
        }
        // Another site may have heard a little more of it than this one.
        SiteForgotten event = new SiteForgotten(
                new EventEnvelope(new EventId(UUID.randomUUID()), here, clock.tick(), deed.actor()),
                site,
                said + DigestBoard.SILENT_MILLIS);
        write(event, deed);
        forgotten.apply(event);
        String until = Instant.ofEpochMilli(event.untilMillis()).toString();
        audit.done(deed, "forgotten as of " + until);
        return new ForgottenSite(site.value(), until);
    }

    private void requireGone(SiteName site, List<KnownNode> itsNodes, Deed deed) {
        if (site.equals(here)) {
            throw refuse(deed, 409, "own-site", "Site " + site + " is this one", "Ask a site that stays");
        }
        if (itsNodes.isEmpty() && !board.sites().contains(site)) {
            throw refuse(deed, 404, "unknown-site", "Nobody ever heard of a site " + site, "See: tftpdc sync-status");
        }
        OptionalLong quiet = board.quiet(site, steadyMillis.getAsLong());
        if (quiet.isPresent() && quiet.getAsLong() <= DigestBoard.SILENT_MILLIS) {
            throw alive(deed, "The index of site " + site, quiet.getAsLong());
        }
        itsNodes.stream()
                .filter(node -> node.ageMillis() <= Agreement.NODE_SILENT_MILLIS
                        && !node.report().state().equals("STOPPED"))
                .findFirst()
                .ifPresent(node -> {
                    throw alive(deed, "Node " + node.id(), node.ageMillis());
                });
    }

    private RuntimeException alive(Deed deed, String who, long ageMillis) {
        return refuse(
                deed,
                409,
                "site-alive",
                who + " was heard of " + ageMillis / 1000 + " s ago, so the site would come back at once",
                "Stop its processes, or take it out of the mirrors' files, wait a minute and try again");
    }

    private RuntimeException refuse(Deed deed, int status, String code, String reason, String fix) {
        audit.refused(deed, reason);
        return Problem.of(status, code, reason, fix).asException();
    }

    private void write(SiteForgotten event, Deed deed) throws IOException {
        try {
            writer.write(Topics.CONFIG_EVENTS, "site/" + event.site(), event).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while forgetting site " + event.site());
        } catch (ExecutionException e) {
            audit.failed(deed, String.valueOf(e.getMessage()));
            throw Problem.of(
                            503,
                            "kafka-unavailable",
                            "Site " + event.site() + " was not forgotten: " + e.getMessage(),
                            "Check that the cluster is reachable and send it again; that is safe")
                    .asException();
        }
    }

    private static SiteName parse(String name) {
        try {
            return new SiteName(name);
        } catch (IllegalArgumentException e) {
            throw Problem.of(400, "malformed-site", String.valueOf(e.getMessage()), "See: tftpdc sync-status")
                    .asException();
        }
    }
}
