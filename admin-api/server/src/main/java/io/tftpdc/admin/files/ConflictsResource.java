package io.tftpdc.admin.files;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.tftpdc.admin.http.Problem;
import io.tftpdc.admin.tenants.TenantsResource;
import io.tftpdc.client.ConflictPage;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.TftpdcClient.Restored;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Versions that lost to another site's whose writer did not know of them. */
@Path("/api/v1/conflicts")
@Produces(MediaType.APPLICATION_JSON)
public final class ConflictsResource {
    private final TenantsResource tenants;
    private final FileCatalog catalog;
    private final PublishFileHandler handler;

    public ConflictsResource(TenantsResource tenants, FileCatalog catalog, PublishFileHandler handler) {
        this.tenants = tenants;
        this.catalog = catalog;
        this.handler = handler;
    }

    /**
     * What is to be restored.
     *
     * @param revision which; the latest loser unless given
     */
    public record RestoreRequest(
            @Nullable String tenant,
            @Nullable String path,
            @Nullable String revision) {}

    @GET
    @Operation(
            summary = "List open conflicts in the order of their paths",
            description = "A conflict is open until somebody publishes or removes the file at a site that has both"
                    + " versions; restoring either does so.")
    public ConflictPage list(
            @QueryParam("tenant") @DefaultValue("default") String tenant,
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("after") @DefaultValue("") String after,
            @QueryParam("limit") @DefaultValue("100") String limit)
            throws IOException {
        Tenant of = tenants.require(tenant).tenant();
        FileCatalog.Page page = catalog.conflicts(of, prefix, after, FilesResource.limit(limit));
        long total = catalog.digests(of)
                .path("tenants")
                .path(of.value())
                .path("conflicts")
                .asLong();
        return new ConflictPage(
                total,
                page.entries().stream().map(ConflictsResource::conflict).toList(),
                page.next().orElse(""));
    }

    @POST
    @Path("/restore")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Make a version that lost the newest of its file",
            responses = {
                @ApiResponse(responseCode = "200", description = "restored"),
                @ApiResponse(responseCode = "202", description = "restored, but the index does not show it yet"),
                @ApiResponse(responseCode = "404", description = "there is no such revision"),
                @ApiResponse(responseCode = "409", description = "the file has no open conflict")
            })
    public Response restore(RestoreRequest wanted, @Context HttpServletRequest request) throws IOException {
        FileKey key = key(wanted);
        FileIndexEntry entry = catalog.entry(key);
        FileRevision revision = choose(entry, wanted.revision() == null ? "" : wanted.revision());
        Restored restored = handler.restore(entry, revision, request.getRemoteAddr());
        return Response.status(restored.shown() ? 200 : 202).entity(restored).build();
    }

    private FileKey key(@Nullable RestoreRequest wanted) {
        if (wanted == null || wanted.path() == null) {
            throw Problem.of(
                            400,
                            "malformed-restore",
                            "The body names no path",
                            "Send {\"tenant\":…,\"path\":…,\"revision\":…}")
                    .asException();
        }
        String tenant = wanted.tenant() == null ? "default" : wanted.tenant();
        return switch (FilePath.parse(wanted.path())) {
            case FilePath.Parsed.Valid valid ->
                new FileKey(tenants.require(tenant).tenant(), valid.path());
            case FilePath.Parsed.Invalid invalid ->
                throw Problem.of(400, "malformed-path", invalid.reason(), "See the list of conflicts")
                        .asException();
        };
    }

    /** Any revision that is kept may be named, the winner too: who restores it says that it is to stay. */
    private static FileRevision choose(FileIndexEntry entry, String id) {
        if (id.isEmpty()) {
            return entry.conflicts().stream().findFirst().orElseThrow(() -> Problem.of(
                            409,
                            "no-conflict",
                            "File " + entry.key() + " has no open conflict",
                            "See its history with ?history, and name a revision")
                    .asException());
        }
        return entry.revisions().stream()
                .filter(revision -> revision.stamp().eventId().toString().equals(id))
                .findFirst()
                .orElseThrow(() -> Problem.of(
                                404,
                                "no-such-revision",
                                "File " + entry.key() + " has no revision " + id + " among the "
                                        + entry.revisions().size() + " that are kept",
                                "See the list of conflicts, or its history with ?history")
                        .asException());
    }

    private static ConflictPage.Conflict conflict(FileIndexEntry entry) {
        return new ConflictPage.Conflict(
                entry.key().tenant().value(),
                entry.key().path().value(),
                version(entry.revisions().get(0)),
                entry.conflicts().stream().map(ConflictsResource::version).toList());
    }

    private static ConflictPage.Version version(FileRevision revision) {
        String id = revision.stamp().eventId().toString();
        String time = FileViews.time(revision.stamp()).toString();
        String origin = revision.stamp().origin().value();
        return switch (revision) {
            case FileRevision.Published published ->
                new ConflictPage.Version(
                        id,
                        "published",
                        time,
                        origin,
                        published.actor(),
                        published.content().hash().hex(),
                        published.content().size());
            case FileRevision.Removed removed ->
                new ConflictPage.Version(id, "removed", time, origin, removed.actor(), "", 0);
        };
    }
}
