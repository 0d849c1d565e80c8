package io.tftpdc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RestCommandsTest {
    private static final String HASH =
            Sha256.of("hello".getBytes(StandardCharsets.UTF_8)).hex();
    private static final String FILE = """
            {"tenant":"default","path":"%s","sha256":"%s","size":%d,"contentType":"","labels":{},
             "publishedAt":"2026-11-23T10:00:00Z","origin":"dc1","actor":"rest:127.0.0.1","stamp":"s","links":{}}""";

    @TempDir
    Path directory;

    private final List<String> requests = new ArrayList<>();
    private final Map<String, String> headers = new HashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer server;

    private record Answer(int status, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(request + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
            Answer answer = answers.getOrDefault(request, new Answer(500, "no answer prepared for " + request));
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void publishSendsTheBytesWithTheirHashAndSaysWhatBecameOfThem() throws IOException {
        Path file = Files.writeString(directory.resolve("fw.bin"), "hello");
        answers.put(
                "PUT /api/v1/tenants/acme/files/boot/fw%201.bin",
                new Answer(
                        201,
                        "{\"outcome\":\"created\",\"tenant\":\"acme\",\"path\":\"boot/fw 1.bin\",\"sha256\":\"" + HASH
                                + "\",\"size\":5,\"stamp\":\"s\",\"message\":\"published\",\"links\":{}}"));

        int status = run("publish", file.toString(), "-t", "acme", "--path", "/boot/fw 1.bin", "--label", "model=ü1");

        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(requests).containsExactly("PUT /api/v1/tenants/acme/files/boot/fw%201.binhello");
        assertThat(headers)
                .containsEntry("X-content-sha256", HASH)
                .containsEntry("X-label-model", "%C3%BC1")
                .containsEntry("Content-type", "application/octet-stream");
        assertThat(out).hasToString("created acme/boot/fw 1.bin, 5 B, SHA-256 " + HASH + System.lineSeparator());
    }

    @Test
    void variantsOfSitesArePublishedListedAndRemoved() throws IOException {
        Path file = Files.writeString(directory.resolve("x"), "hello");
        answers.put(
                "PUT /api/v1/tenants/default/files/boot/x?site=dc2&site=dc3",
                new Answer(
                        201,
                        "{\"outcome\":\"created\",\"tenant\":\"default\",\"path\":\"boot/x\",\"sites\":[\"dc2\",\"dc3\"],"
                                + "\"sha256\":\"" + HASH
                                + "\",\"size\":5,\"stamp\":\"s\",\"message\":\"published\",\"links\":{}}"));
        answers.put(
                "GET /api/v1/tenants/default/files?prefix=&after=&limit=500",
                new Answer(200, page(List.of("@site/dc2/boot/x", "boot/x"), "")));
        answers.put(
                "GET /api/v1/tenants/default/files?prefix=%40site%2Fdc2%2Fboot%2F&after=&limit=500",
                new Answer(200, page(List.of("@site/dc2/boot/x"), "")));
        answers.put("DELETE /api/v1/tenants/default/files/boot/x?site=dc2", new Answer(204, ""));

        int published = run("publish", file.toString(), "--path", "boot/x", "--site", "dc2,dc3");
        int all = run("ls");
        int one = run("ls", "--site", "dc2", "boot/");
        int removed = run("rm", "boot/x", "--site", "dc2");

        assertThat(err.toString()).isEmpty();
        assertThat(List.of(published, all, one, removed)).containsOnly(0);
        assertThat(out.toString().lines())
                .containsExactly(
                        "created default/boot/x for dc2, dc3, 5 B, SHA-256 " + HASH,
                        "boot/x  [dc2]",
                        "boot/x",
                        "boot/x  [dc2]",
                        "removed default/boot/x for dc2");
    }

    @Test
    void publishOfNoFileSaysSo() {
        int status = run("publish", directory.resolve("nothing").toString());

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("nothing does not exist; give the file to publish");
        assertThat(requests).isEmpty();
    }

    @Test
    void aPathThatClimbsNeverLeavesThisMachine() {
        int status = run("rm", "../../other/files/x");

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("which could leave the tenant");
        assertThat(requests).isEmpty();
    }

    @Test
    void lsGoesThroughAllPages() {
        answers.put(
                "GET /api/v1/tenants/default/files?prefix=boot%2F&after=&limit=500",
                new Answer(200, page(List.of("boot/a", "boot/b"), "boot/b")));
        answers.put(
                "GET /api/v1/tenants/default/files?prefix=boot%2F&after=boot%2Fb&limit=500",
                new Answer(200, page(List.of("boot/c"), "")));

        int status = run("ls", "boot/");

        assertThat(status).isZero();
        assertThat(out.toString().lines()).containsExactly("boot/a", "boot/b", "boot/c");
    }

    @Test
    void lsWithDetailsAlignsThem() {
        answers.put(
                "GET /api/v1/tenants/default/files?prefix=&after=&limit=500",
                new Answer(200, page(List.of("boot/a"), "")));

        run("ls", "-l");

        assertThat(out.toString().lines())
                .containsExactly("   1.5 KiB  2026-11-23T10:00:00Z      " + HASH.substring(0, 12) + "  boot/a");
    }

    @Test
    void lsAsJsonPrintsAnObjectALine() {
        answers.put(
                "GET /api/v1/tenants/acme/files?prefix=&after=&limit=500",
                new Answer(200, page(List.of("boot/a", "boot/b"), "")));

        run("ls", "--json", "--tenant", "acme");

        assertThat(out.toString().lines()).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("{\"tenant\":\"default\",\"path\":\"boot/"));
    }

    @Test
    void getWritesTheFileAndLeavesNothingHalf() throws IOException {
        answers.put(
                "GET /api/v1/tenants/default/files/boot/x?metadata",
                new Answer(200, FILE.formatted("boot/x", HASH, 5)));
        answers.put("GET /api/v1/tenants/default/files/boot/x", new Answer(200, "hello"));
        Path target = directory.resolve("x");

        int status = run("get", "boot/x", "-o", target.toString());

        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(target).hasContent("hello");
        assertThat(directory).isDirectoryContaining(path -> path.equals(target));
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void theServersExplanationIsPassedOn() {
        answers.put(
                "DELETE /api/v1/tenants/default/files/boot/x",
                new Answer(404, "{\"detail\":\"file default/boot/x does not exist\",\"fix\":\"list the files\"}"));

        int status = run("rm", "boot/x");

        assertThat(status).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("file default/boot/x does not exist. list the files");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void historyShowsTheLatestFirst() {
        answers.put(
                "GET /api/v1/tenants/default/files/boot/x?history",
                new Answer(
                        200,
                        "{\"tenant\":\"default\",\"path\":\"boot/x\",\"revisions\":["
                                + revision("removed", "", 0) + ","
                                + revision("published", HASH, 5)
                                + "]}"));

        run("history", "boot/x");

        assertThat(out.toString().lines()).hasSize(2).first().asString().contains("removed");
    }

    @Test
    void tenantsAreListedAndCreated() {
        String acme = "{\"name\":\"acme\",\"description\":\"Acme Inc.\",\"definedAt\":\"t\","
                + "\"publishTopic\":\"tftp.publish.acme\",\"links\":{}}";
        answers.put("GET /api/v1/tenants", new Answer(200, "{\"tenants\":[" + acme + "]}"));
        answers.put("PUT /api/v1/tenants/acme", new Answer(201, acme));

        run("tenants");
        run("tenants", "create", "acme", "--description", "Acme Inc.");

        assertThat(out.toString().lines())
                .containsExactly("acme  Acme Inc.", "tenant acme is there; its producers write to tftp.publish.acme");
        assertThat(requests).last().isEqualTo("PUT /api/v1/tenants/acme{\"description\":\"Acme Inc.\"}");
    }

    @Test
    void theUrlMayComeBeforeTheSubcommand() {
        answers.put("GET /api/v1/tenants", new Answer(200, "{\"tenants\":[]}"));

        assertThat(commandLine().execute("--url", url(), "tenants")).isZero();
    }

    @Test
    void aServerThatIsNotThereNamesTheFix() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }

        int status = commandLine().execute("ls", "--url", "http://localhost:" + port);

        assertThat(status).isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo("cannot reach http://localhost:" + port
                        + ": is the system up? Start it with compose/up or give --url");
    }

    @Test
    void whatIsNotUnderstoodIsExitCodeTwo() {
        assertThat(run("ls", "--jsn")).isEqualTo(2);
        assertThat(run("publish")).isEqualTo(2);
        assertThat(commandLine().execute("ls", "--url", "localhost")).isEqualTo(2);
        assertThat(commandLine().execute()).isEqualTo(2);
    }

    @Test
    void anAnswerFromSomethingElseIsRecognised() {
        answers.put("GET /api/v1/tenants", new Answer(200, "<html>a router's welcome page</html>"));

        assertThat(run("tenants")).isEqualTo(1);
        assertThat(err.toString()).contains("did not answer as the admin API does");
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--url=" + url());
        return commandLine().execute(all.toArray(String[]::new));
    }

    private CommandLine commandLine() {
        return TftpdcCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static String page(List<String> paths, String next) {
        List<String> files =
                paths.stream().map(path -> FILE.formatted(path, HASH, 1536)).toList();
        return "{\"files\":[" + String.join(",", files) + "],\"next\":\"" + next + "\"}";
    }

    private static String revision(String kind, String hash, long size) {
        return "{\"kind\":\"" + kind
                + "\",\"time\":\"2026-11-23T10:00:00Z\",\"origin\":\"dc1\",\"actor\":\"user:anna\","
                + "\"sha256\":\"" + hash + "\",\"size\":" + size
                + ",\"contentType\":\"\",\"labels\":{},\"stamp\":\"s\"}";
    }
}
