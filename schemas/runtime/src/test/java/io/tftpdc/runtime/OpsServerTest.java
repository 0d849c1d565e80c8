package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsServerTest {

    private final HealthSwitch kafka = new HealthSwitch(HealthCheck.Status.down("no broker yet"));
    private final Metrics metrics = Metrics.create("berlin", "edge-1", "edge");
    private final HttpClient http = HttpClient.newHttpClient();
    private OpsServer server;

    @BeforeEach
    void start() throws IOException {
        HealthRegistry health = new HealthRegistry()
                .liveness("loop", () -> HealthCheck.Status.up("turning"))
                .readiness("kafka", kafka);
        server = OpsServer.start(loopback(0), health, metrics);
    }

    @AfterEach
    void stop() {
        server.close();
        metrics.close();
    }

    @Test
    void readinessFollowsItsChecksWhileLivenessStaysUp() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        HttpResponse<String> down = get("/health/ready");
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.body()).contains("\"kafka\":{\"status\":\"down\",\"detail\":\"no broker yet\"}");
        assertThat(down.headers().firstValue("Content-Type")).contains("application/json");

        kafka.set(HealthCheck.Status.up("1 broker"));
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsCarryTheCommonTagsInTheFormatAskedFor() throws Exception {
        metrics.registry().counter("tftpdc.test.count").increment(3);

        HttpResponse<String> text = get("/metrics");
        assertThat(text.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(text.body())
                .contains("tftpdc_test_count_total{component=\"edge\",node=\"edge-1\",site=\"berlin\"} 3.0")
                .contains("jvm_memory_used_bytes")
                .contains("process_uptime_seconds");

        HttpResponse<String> open = http.send(
                request("/metrics")
                        .header("Accept", "application/openmetrics-text;version=1.0.0")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(open.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void addedHandlersAnswerBelowTheirPrefixAndFailuresAre500() throws Exception {
        server.handle(
                "/query",
                exchange -> OpsServer.respond(
                        exchange, 200, "text/plain", exchange.getRequestURI().getPath()));
        server.handle("/query/broken", exchange -> {
            throw new IllegalStateException("on purpose");
        });

        assertThat(get("/query/a/b").body()).isEqualTo("/query/a/b");
        assertThat(get("/query/broken").statusCode()).isEqualTo(500);
    }

    @Test
    void unknownPathsAndMethodsAreRefused() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/deeper").statusCode()).isEqualTo(404);
        HttpResponse<String> posted = http.send(
                request("/metrics")
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.headers().firstValue("Allow")).contains("GET, HEAD");
        HttpResponse<String> head =
                http.send(request("/health/live").HEAD().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
    }

    @Test
    void portInUseIsNamed() {
        assertThatThrownBy(() -> OpsServer.start(loopback(server.port()), new HealthRegistry(), metrics))
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining("Port " + server.port() + " on ")
                .hasMessageContaining("already in use")
                .satisfies(e -> assertThat(((PortInUseException) e).port()).isEqualTo(server.port()));
    }

    @Test
    void closedServerFreesItsPort() throws Exception {
        int port = server.port();
        server.close();

        try (OpsServer again = OpsServer.start(loopback(port), new HealthRegistry(), metrics)) {
            assertThat(again.port()).isEqualTo(port);
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }
}
