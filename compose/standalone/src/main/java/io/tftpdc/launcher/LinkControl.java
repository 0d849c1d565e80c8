package io.tftpdc.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.OpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lists the sites and their links, and cuts and heals links, over HTTP on loopback.
 *
 * <table>
 * <caption>What it answers</caption>
 * <tr><td>{@code GET /sites}</td><td>{@link SitesStatus}</td></tr>
 * <tr><td>{@code PUT /links/FROM/TO}, body {@code cut} or {@code up}</td><td>the link as it is then. A web page of
 *     somebody else cannot send it: browsers ask first before they PUT elsewhere</td></tr>
 * <tr><td>{@code GET /health/ready}</td><td>each site</td></tr>
 * </table>
 */
final class LinkControl implements Component {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_TYPE = "application/json";
    private static final String TEXT_TYPE = "text/plain";
    private static final int LONGEST_BODY = 16;

    private final int port;
    private final LinkProxies links;
    private final SiteProcesses sites;
    private @Nullable Metrics metrics;
    private @Nullable OpsServer server;

    LinkControl(int port, LinkProxies links, SiteProcesses sites) {
        this.port = port;
        this.links = links;
        this.sites = sites;
    }

    @Override
    public String name() {
        return "links";
    }

    @Override
    public String detail() {
        return "between the sites, on " + url(port);
    }

    static URI url(int port) {
        return URI.create("http://" + Addresses.hostPort(Addresses.LOOPBACK, port));
    }

    @Override
    public void start() throws IOException {
        HealthRegistry health = new HealthRegistry();
        for (SiteProcess site : sites.all()) {
            health.readiness(
                    site.name().value(),
                    () -> site.isReady()
                            ? HealthCheck.Status.up("serves")
                            : HealthCheck.Status.down("is being started; see its log"));
        }
        Metrics meters = Metrics.create("sites", "compose", "standalone");
        metrics = meters;
        server = OpsServer.start(new InetSocketAddress(Addresses.LOOPBACK, port), health, meters)
                .handle("/sites", this::answerSites)
                .handle("/links/", this::answerLink);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        if (metrics != null) {
            metrics.close();
        }
    }

    private void answerSites(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("GET")) {
            OpsServer.respond(exchange, 405, TEXT_TYPE, "Use GET\n");
            return;
        }
        SitesStatus status = new SitesStatus(
                sites.all().stream().map(SiteProcess::status).toList(),
                links.all().stream().map(LinkControl::describe).toList());
        OpsServer.respond(exchange, 200, JSON_TYPE, JSON.writeValueAsString(status) + "\n");
    }

    private void answerLink(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("PUT")) {
            OpsServer.respond(exchange, 405, TEXT_TYPE, "Use PUT, with the body cut or up\n");
            return;
        }
        List<String> path = List.of(
                exchange.getRequestURI().getPath().substring("/links/".length()).split("/", -1));
        Optional<LinkProxy> link = path.size() == 2 ? links.find(path.get(0), path.get(1)) : Optional.empty();
        if (link.isEmpty()) {
            OpsServer.respond(exchange, 404, TEXT_TYPE, "No such link; GET /sites lists them\n");
            return;
        }
        String state = new String(exchange.getRequestBody().readNBytes(LONGEST_BODY), StandardCharsets.UTF_8).strip();
        switch (state) {
            case SitesStatus.CUT -> link.get().cut();
            case SitesStatus.UP -> link.get().heal();
            default -> {
                OpsServer.respond(
                        exchange,
                        400,
                        TEXT_TYPE,
                        "The body is '" + state + "'; expected " + SitesStatus.CUT + " or " + SitesStatus.UP + "\n");
                return;
            }
        }
        OpsServer.respond(exchange, 200, JSON_TYPE, JSON.writeValueAsString(describe(link.get())) + "\n");
    }

    private static SitesStatus.Link describe(LinkProxy proxy) {
        return new SitesStatus.Link(
                proxy.link().from().value(),
                proxy.link().to().value(),
                proxy.isCut() ? SitesStatus.CUT : SitesStatus.UP,
                proxy.connections());
    }
}
