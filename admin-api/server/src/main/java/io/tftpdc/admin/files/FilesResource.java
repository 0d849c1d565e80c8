package io.tftpdc.admin.files;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.tftpdc.admin.http.Problem;
import io.tftpdc.admin.tenants.TenantsResource;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.FileInfo;
import io.tftpdc.client.FilePage;
import io.tftpdc.client.PublishReceipt;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Files of a tenant. One address is one file: PUT publishes its bytes, GET gives them back, DELETE removes it. What is
 * known <em>about</em> the file is asked for by {@code ?metadata} and {@code ?history}, so that the same address never
 * means two things by its headers.
 */
@Path("/api/v1/tenants/{tenant}/files")
public final class FilesResource {
    private static final int MAX_PAGE = 1000;

    private final TenantsResource tenants;
    private final FileCatalog catalog;
    private final PublishFileHandler handler;
    private final ContentAnswers contents;

    public FilesResource(
            TenantsResource tenants, FileCatalog catalog, PublishFileHandler handler, ContentAnswers contents) {
        this.tenants = tenants;
        this.catalog = catalog;
        this.handler = handler;
        this.contents = contents;
    }

    @PUT
    @Path("/{path: .+}")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Publish a file",
            description = "The body is the file, of any size. X-Content-SHA256 (hexadecimal), Repr-Digest or"
                    + " Content-Digest (RFC 9530) is checked before anything is published; X-Label-<name> headers become"
                    + " labels, their values percent-encoded. Without a body and with ?from=LOCATION, such as"
                    + " s3://bucket/key, the object there is the file: it is read once for its hashes and left where it is."
                    + " With ?site=NAME, once or several times, it becomes the"
                    + " variant that these sites serve under the path.",
            requestBody =
                    @RequestBody(
                            content =
                                    @Content(
                                            mediaType = "application/octet-stream",
                                            schema = @Schema(type = "string", format = "binary"))),
            responses = {
                @ApiResponse(responseCode = "201", description = "published, a new file"),
                @ApiResponse(responseCode = "200", description = "published, in place of an earlier version"),
                @ApiResponse(responseCode = "202", description = "published, but the index does not show it yet"),
                @ApiResponse(responseCode = "404", description = "unknown tenant"),
                @ApiResponse(
                        responseCode = "422",
                        description = "the bytes have another SHA-256 than announced, or the object of ?from cannot be"
                                + " read; the problem names store, object and status"),
                @ApiResponse(responseCode = "503", description = "the server's clock was set back; see the problem")
            })
    public Response publish(
            @PathParam("tenant") String tenant,
            @PathParam("path") String path,
            @QueryParam("site") List<String> sites,
            @QueryParam("from") @Nullable String from,
            @Parameter(hidden = true) InputStream body,
            @Context HttpHeaders headers,
            @Context HttpServletRequest request)
            throws IOException {
        FileTarget target = target(key(tenant, path, request.getRequestURI()), sites);
        PublishHeaders told = PublishHeaders.parse(headers.getRequestHeaders());
        PublishReceipt receipt = from == null
                ? handler.publish(target, told, body, request.getRemoteAddr())
                : handler.publishFrom(location(from, body), target, told, request.getRemoteAddr());
        Response.ResponseBuilder answer =
                switch (receipt.outcome()) {
                    case "created" ->
                        Response.created(URI.create(FileViews.path(target.keys().getFirst())));
                    case "accepted" -> Response.accepted();
                    default -> Response.ok();
                };
        return answer.type(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.ETAG, "\"" + receipt.sha256() + "\"")
                .entity(receipt)
                .build();
    }

    private static ObjectLocation location(String from, InputStream body) throws IOException {
        Optional<String> problem = ObjectLocation.problem(from);
        if (problem.isPresent()) {
            throw Problem.of(400, "malformed-location", problem.get(), "").asException();
        }
        if (body.read() >= 0) {
            throw Problem.of(
                            400,
                            "two-sources",
                            "The request has a body and ?from=" + from + "; expected one of them",
                            "Leave one out")
                    .asException();
        }
        return new ObjectLocation(from);
    }

    @GET
    @Path("/{path: .+}")
    @Operation(
            summary = "Fetch a file, or what is known about it",
            description = "The content, with ranges and conditions; with ?metadata the current version's description;"
                    + " with ?history all versions that are kept, the latest first. With ?site=NAME all this of the"
                    + " variant for that site.")
    public Response get(
            @PathParam("tenant") String tenant,
            @PathParam("path") String path,
            @QueryParam("metadata") @Nullable String metadata,
            @QueryParam("history") @Nullable String history,
            @QueryParam("site") List<String> sites,
            @Context HttpHeaders headers,
            @Context Request request,
            @Context HttpServletRequest http)
            throws IOException {
        FileIndexEntry entry = catalog.entry(only(key(tenant, path, http.getRequestURI()), sites));
        if (history != null) {
            if (entry.revisions().isEmpty()) {
                throw absent(entry).asException();
            }
            return Response.ok(FileViews.history(entry), MediaType.APPLICATION_JSON)
                    .build();
        }
        FileRevision.Published current = current(entry);
        if (metadata != null) {
            return Response.ok(FileViews.info(entry.key(), current), MediaType.APPLICATION_JSON)
                    .build();
        }
        return contents.get(
                current,
                request,
                headers.getHeaderString("Range"),
                Optional.ofNullable(headers.getHeaderString("If-Range")));
    }

    @HEAD
    @Path("/{path: .+}")
    @Operation(summary = "Ask for size, hash and type of a file")
    public Response head(
            @PathParam("tenant") String tenant,
            @PathParam("path") String path,
            @QueryParam("site") List<String> sites,
            @Context Request request,
            @Context HttpServletRequest http)
            throws IOException {
        return contents.head(current(catalog.entry(only(key(tenant, path, http.getRequestURI()), sites))), request);
    }

    @DELETE
    @Path("/{path: .+}")
    @Operation(
            summary = "Remove a file",
            description = "With ?site=NAME, once or several times, its variants for these sites.",
            responses = {
                @ApiResponse(responseCode = "204", description = "removed"),
                @ApiResponse(responseCode = "202", description = "removed, but the index does not show it yet"),
                @ApiResponse(responseCode = "404", description = "there is no such file")
            })
    public Response remove(
            @PathParam("tenant") String tenant,
            @PathParam("path") String path,
            @QueryParam("site") List<String> sites,
            @Context HttpServletRequest request)
            throws IOException {
        FileTarget target = target(key(tenant, path, request.getRequestURI()), sites);
        boolean shown = handler.remove(target, request.getRemoteAddr());
        return shown ? Response.noContent().build() : Response.accepted().build();
    }

    @GET
    @Operation(summary = "List files in the order of their paths")
    public Response list(
            @PathParam("tenant") String tenant,
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("after") @DefaultValue("") String after,
            @QueryParam("limit") @DefaultValue("100") String limitText)
            throws IOException {
        Tenant of = tenants.require(tenant).tenant();
        int limit = limit(limitText);
        FileCatalog.Page page = catalog.list(of, prefix, after, limit, false);
        List<FileInfo> files = page.entries().stream()
                .flatMap(entry -> entry.current().stream().map(current -> FileViews.info(entry.key(), current)))
                .toList();
        Response.ResponseBuilder answer =
                Response.ok(new FilePage(files, page.next().orElse("")), MediaType.APPLICATION_JSON);
        page.next()
                .ifPresent(next -> answer.header(
                        HttpHeaders.LINK,
                        "</api/v1/tenants/" + tenant + "/files?prefix=" + FileViews.encode(prefix) + "&after="
                                + FileViews.encode(next) + "&limit=" + limit + ">; rel=\"next\""));
        return answer.build();
    }

    /**
     * @param rawPath of the request as it was sent: what follows a semicolon is a matrix parameter, which is not in the
     *     path, so that the request would be about another file
     */
    private FileKey key(String tenant, String path, String rawPath) {
        if (rawPath.indexOf(';') >= 0) {
            throw Problem.of(400, "malformed-path", "The address has a ';', which ends a path", "Write ; as %3B")
                    .asException();
        }
        Tenant of = tenants.require(tenant).tenant();
        return switch (FilePath.parse(path)) {
            case FilePath.Parsed.Valid valid -> new FileKey(of, valid.path());
            case FilePath.Parsed.Invalid invalid ->
                throw Problem.of(400, "malformed-path", invalid.reason(), "Choose another path")
                        .asException();
        };
    }

    /** @param written each the name of a site, or several with commas between them */
    private static FileTarget target(FileKey key, List<String> written) {
        try {
            List<SiteName> sites = written.stream()
                    .flatMap(names -> SiteVariant.parseSites(names).stream())
                    .distinct()
                    .toList();
            return FileTarget.of(key, sites);
        } catch (IllegalArgumentException e) {
            throw Problem.of(
                            400,
                            "malformed-path",
                            String.valueOf(e.getMessage()),
                            "Name the file in the address and its sites as ?site=dc2&site=dc3")
                    .asException();
        }
    }

    private static FileKey only(FileKey key, List<String> sites) {
        FileTarget target = target(key, sites);
        if (target.keys().size() > 1) {
            throw Problem.of(400, "several-sites", "The address names several sites", "Ask for one site at a time")
                    .asException();
        }
        return target.keys().getFirst();
    }

    private static FileRevision.Published current(FileIndexEntry entry) {
        return entry.current().orElseThrow(() -> absent(entry).asException());
    }

    private static Problem absent(FileIndexEntry entry) {
        return entry.winner()
                .map(removed -> Problem.of(
                        404,
                        "file-removed",
                        "File " + entry.key() + " was removed at " + FileViews.time(removed.stamp()) + " by "
                                + removed.actor(),
                        "See its history with ?history, or publish it again"))
                .orElseGet(() -> Problem.of(
                        404,
                        "no-such-file",
                        "File " + entry.key() + " does not exist",
                        "List what there is with GET /api/v1/tenants/"
                                + entry.key().tenant() + "/files"));
    }

    static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_PAGE) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw badLimit(text).asException();
        }
        throw badLimit(text).asException();
    }

    private static Problem badLimit(String text) {
        return Problem.of(
                400,
                "malformed-limit",
                "limit is '" + text + "'; expected 1 to " + MAX_PAGE,
                "Go on with after=<next> for more");
    }
}
