package io.tftpdc.admin.ops;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code GET /}: what there is, for people with a browser and for programs. */
@Path("/")
@Hidden
public final class OverviewResource {
    private static final Map<String, String> LINKS = links();

    private final String site;

    public OverviewResource(String site) {
        this.site = site;
    }

    /** What programs get. */
    public record Overview(String product, String site, Map<String, String> links) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Overview json() {
        return new Overview("tftpdc admin API", site, LINKS);
    }

    @GET
    @Produces(MediaType.TEXT_HTML + ";charset=utf-8;qs=0.9")
    public String html() {
        StringBuilder page = new StringBuilder("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">")
                .append("<title>tftpdc ")
                .append(site)
                .append("</title><h1>Simple TFTP Daemon, Datacenter Version: site ")
                .append(site)
                .append("</h1><ul>");
        LINKS.forEach((what, where) -> page.append("<li><a href=\"")
                .append(where)
                .append("\">")
                .append(where)
                .append("</a> ")
                .append(what)
                .append("</li>"));
        return page.append("</ul><p>Publish: <code>curl -T FILE http://…/api/v1/tenants/default/files/PATH</code></p>")
                .append("</html>\n")
                .toString();
    }

    private static Map<String, String> links() {
        Map<String, String> links = new LinkedHashMap<>();
        links.put("files", "/api/v1/tenants/default/files");
        links.put("tenants", "/api/v1/tenants");
        links.put("nodes", "/api/v1/nodes");
        links.put("digests", "/api/v1/digests?tenant=default");
        links.put("openapi", "/api/v1/openapi.json");
        links.put("health", "/health/ready");
        links.put("metrics", "/metrics");
        return links;
    }
}
