package io.tftpdc.registry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import java.util.Set;

/** Times requests by method and status; paths would be unbounded. */
@PreMatching
public final class RequestTimes implements ContainerRequestFilter, ContainerResponseFilter {

    private static final String STARTED = RequestTimes.class.getName();
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");

    private final MeterRegistry meters;

    RequestTimes(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        request.setProperty(STARTED, Timer.start(meters));
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getProperty(STARTED) instanceof Timer.Sample sample) {
            String method = METHODS.contains(request.getMethod()) ? request.getMethod() : "other";
            sample.stop(meters.timer(
                    "tftpdc.registry.requests", "method", method, "status", Integer.toString(response.getStatus())));
        }
    }
}
