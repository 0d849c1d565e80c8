package io.tftpdc.runtime;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * What {@link OpsServer} serves, for processes that have a JAX-RS server already: health and metrics on the same port as
 * everything else. Only these need the JAX-RS API on their class path.
 */
@Path("/")
public final class OpsResource {

    private final HealthRegistry health;
    private final Metrics metrics;

    public OpsResource(HealthRegistry health, Metrics metrics) {
        this.health = health;
        this.metrics = metrics;
    }

    @GET
    @Path("/health/live")
    public Response live() {
        return answer(health.live());
    }

    @GET
    @Path("/health/ready")
    public Response ready() {
        return answer(health.ready());
    }

    @GET
    @Path("/metrics")
    public Response metrics(@HeaderParam(HttpHeaders.ACCEPT) @Nullable String accept) {
        String contentType = Metrics.contentType(accept);
        return Response.ok(metrics.scrape(contentType), contentType).build();
    }

    private static Response answer(HealthRegistry.Report report) {
        return Response.status(report.httpStatus())
                .entity(report.toJson() + "\n")
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }
}
