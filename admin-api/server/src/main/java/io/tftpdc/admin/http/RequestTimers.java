package io.tftpdc.admin.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;

/**
 * Times every request to its last byte, by method, route template and status; never by path, of which there are as many
 * as files.
 */
public final class RequestTimers implements ApplicationEventListener {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS");

    private final MeterRegistry meters;

    public RequestTimers(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void onEvent(ApplicationEvent event) {}

    @Override
    public RequestEventListener onRequest(RequestEvent start) {
        Timer.Sample sample = Timer.start(meters);
        return event -> {
            if (event.getType() == RequestEvent.Type.FINISHED) {
                String method = event.getContainerRequest().getMethod();
                int status = event.getContainerResponse() == null
                        ? 0
                        : event.getContainerResponse().getStatus();
                sample.stop(Timer.builder("tftpdc.admin.requests")
                        .description("Requests to the last byte of their answer")
                        .tag("method", METHODS.contains(method) ? method : "other")
                        .tag("route", route(event.getUriInfo()))
                        .tag("status", Integer.toString(status))
                        .register(meters));
            }
        };
    }

    private static String route(ExtendedUriInfo uri) {
        List<String> templates = new ArrayList<>();
        uri.getMatchedTemplates().forEach(template -> templates.add(template.getTemplate()));
        Collections.reverse(templates);
        return templates.isEmpty() ? "none" : String.join("", templates).replaceAll("/+", "/");
    }
}
