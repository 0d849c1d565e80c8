package io.tftpdc.admin.tenants;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.tftpdc.admin.audit.AuditLog;
import io.tftpdc.admin.audit.AuditLog.Deed;
import io.tftpdc.admin.http.Problem;
import io.tftpdc.client.TenantInfo;
import io.tftpdc.client.TftpdcClient.Tenants;
import io.tftpdc.event.ConfigEvent.TenantDefined;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.topic.Topics;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Tenants: isolated namespaces of files. */
@Path("/api/v1/tenants")
@Produces(MediaType.APPLICATION_JSON)
public final class TenantsResource {
    private static final int MAX_BODY_BYTES = 64 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TenantDirectory directory;
    private final HealthCheck readBack;
    private final DefineTenantHandler handler;
    private final AuditLog audit;

    /** @param readBack whether the directory knows all that Kafka has */
    public TenantsResource(
            TenantDirectory directory, HealthCheck readBack, DefineTenantHandler handler, AuditLog audit) {
        this.directory = directory;
        this.readBack = readBack;
        this.handler = handler;
        this.audit = audit;
    }

    /** @param description for people; absent leaves it empty */
    public record Definition(@Nullable String description) {}

    @GET
    @Operation(summary = "List the tenants")
    public Tenants list() {
        return new Tenants(
                directory.all().stream().map(TenantsResource::describe).toList());
    }

    @GET
    @Path("/{tenant}")
    @Operation(summary = "Describe a tenant")
    public TenantInfo get(@PathParam("tenant") String name) {
        return describe(require(name));
    }

    @PUT
    @Path("/{tenant}")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Create a tenant, or change its description",
            requestBody =
                    @RequestBody(
                            description = "may be absent",
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(implementation = Definition.class))))
    public Response define(
            @PathParam("tenant") String name,
            @Parameter(hidden = true) InputStream body,
            @Context HttpServletRequest request)
            throws IOException {
        Tenant tenant = parse(name);
        String description = description(body);
        Deed deed = new Deed(name, "tenant.define", "tenant/" + name, request.getRemoteAddr());
        boolean existed = directory.find(tenant).isPresent();
        TenantDefined defined;
        try {
            defined = handler.define(tenant, description, deed.actor());
        } catch (IOException | KafkaException | IllegalStateException e) {
            audit.failed(deed, String.valueOf(e.getMessage()));
            throw Problem.of(
                            503,
                            "kafka-unavailable",
                            "Tenant " + name + " was not defined: " + e.getMessage(),
                            "Check that the cluster is reachable and send it again; that is safe")
                    .asException();
        }
        audit.done(deed, existed ? "described" : "created");
        TenantInfo info = describe(defined);
        return existed
                ? Response.ok(info).build()
                : Response.created(URI.create("/api/v1/tenants/" + name))
                        .entity(info)
                        .build();
    }

    /** Whatever content type is told: people who create a tenant by hand tell none, or a wrong one. */
    private static String description(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_BODY_BYTES);
        if (new String(bytes, StandardCharsets.UTF_8).isBlank()) {
            return "";
        }
        String description = JSON.readValue(bytes, Definition.class).description();
        return description == null ? "" : description;
    }

    /** The tenant of a request, or the problem that it does not exist. */
    public TenantDefined require(String name) {
        Tenant tenant = parse(name);
        return directory.find(tenant).orElseThrow(() -> {
            HealthCheck.Status status = status();
            return status.up()
                    ? Problem.of(
                                    404,
                                    "unknown-tenant",
                                    "Tenant '" + name + "' does not exist",
                                    "Create it with PUT /api/v1/tenants/" + name + " or: tftpdc tenants create " + name)
                            .asException()
                    : Problem.of(503, "not-ready", "The tenants are not known yet: " + status.detail(), "Try again")
                            .asException();
        });
    }

    private HealthCheck.Status status() {
        try {
            return readBack.check();
        } catch (Exception e) {
            return HealthCheck.Status.down(String.valueOf(e));
        }
    }

    private static Tenant parse(String name) {
        try {
            return new Tenant(name);
        } catch (IllegalArgumentException e) {
            throw Problem.of(400, "malformed-tenant", String.valueOf(e.getMessage()), "Choose another name")
                    .asException();
        }
    }

    private static TenantInfo describe(TenantDefined defined) {
        Tenant tenant = defined.tenant();
        return new TenantInfo(
                tenant.value(),
                defined.description(),
                Instant.ofEpochMilli(defined.envelope().time().wallMillis()).toString(),
                Topics.publish(tenant).name(),
                Map.of("self", "/api/v1/tenants/" + tenant, "files", "/api/v1/tenants/" + tenant + "/files"));
    }
}
