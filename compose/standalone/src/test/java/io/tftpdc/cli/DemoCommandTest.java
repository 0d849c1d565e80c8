package io.tftpdc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands beside a stand-in for the process that runs the sites. {@code TwoSitesIT} runs the demonstration. */
class DemoCommandTest {

    private static final String SITES = """
            {"sites": [], "links": [
              {"from": "dc1", "to": "dc2", "state": "up", "connections": 3},
              {"from": "dc2", "to": "dc1", "state": "cut", "connections": 0}]}
            """;

    private final List<String> changes = Collections.synchronizedList(new ArrayList<>());
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/sites", exchange -> answer(exchange, 200, SITES));
        server.createContext("/links/", exchange -> {
            String state = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getPath();
            changes.add(exchange.getRequestMethod() + " " + path + " " + state);
            answer(exchange, path.contains("dc9") ? 404 : 200, path.contains("dc9") ? "No such link\n" : "{}");
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void linksAreListedWithTheirState() {
        assertThat(run("links")).isZero();

        assertThat(out.toString())
                .contains("dc1 -> dc2  up   3 connections")
                .contains("dc2 -> dc1  cut  0 connections");
    }

    @Test
    void allLinksAreCutUnlessTwoSitesAreNamed() {
        assertThat(run("cut")).isZero();
        assertThat(changes).containsExactly("PUT /links/dc1/dc2 cut", "PUT /links/dc2/dc1 cut");
        changes.clear();

        assertThat(run("heal", "dc2", "dc1")).isZero();
        assertThat(changes).containsExactly("PUT /links/dc2/dc1 up");
    }

    @Test
    void oneSiteAloneIsNoLink() {
        assertThat(run("cut", "dc1")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("dc1", "expected two, or none");
        assertThat(changes).isEmpty();
    }

    @Test
    void aLinkThatIsNotThereIsSaidInTheWordsOfTheOtherEnd() {
        assertThat(run("cut", "dc1", "dc9")).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).contains("404", "No such link");
    }

    @Test
    void withoutSitesItSaysHowToStartThem() {
        stop();

        assertThat(run("partition")).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).contains("compose/up --sites 2", "--control");
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("demo"));
        all.addAll(List.of(arguments));
        all.addAll(
                List.of("--control", "http://127.0.0.1:" + server.getAddress().getPort()));
        return TftpdcCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
