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
    void aSiteIsForgotten() {
        answers.put(
                "DELETE /api/v1/sites/dc3", new Answer(200, "{\"site\":\"dc3\",\"until\":\"2026-11-23T10:00:00Z\"}"));

        int status = run("sites", "forget", "dc3");

        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(out.toString()).startsWith("site dc3 is forgotten");
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
    void anObjectIsPublishedWhereItLies() {
        answers.put(
                "PUT /api/v1/tenants/default/files/images/4.2.bin?site=dc2&from=s3%3A%2F%2Ffirmware%2Fx%20200%2F4.2.bin",
                new Answer(
                        200,
                        "{\"outcome\":\"replaced\",\"tenant\":\"default\",\"path\":\"images/4.2.bin\",\"sites\":[\"dc2\"],"
                                + "\"sha256\":\"" + HASH
                                + "\",\"size\":5,\"stamp\":\"s\",\"message\":\"published\",\"links\":{}}"));
        answers.put(
                "PUT /api/v1/tenants/default/files/4.2.bin?from=s3%3A%2F%2Ffirmware%2F4.2.bin",
                new Answer(
                        422,
                        "{\"detail\":\"object s3://firmware/4.2.bin of store firmware, status 403: refused\",\"fix\":\"\"}"));

        int published =
                run("publish", "--from", "s3://firmware/x 200/4.2.bin", "--path", "images/4.2.bin", "--site", "dc2");
        int refused = run("publish", "--from", "s3://firmware/4.2.bin");
        int both = run("publish", "x", "--from", "s3://firmware/4.2.bin");

        assertThat(List.of(published, refused, both)).containsExactly(0, 1, 2);
        assertThat(out.toString().lines().findFirst())
                .contains("replaced default/images/4.2.bin for dc2, 5 B, SHA-256 " + HASH);
        assertThat(err.toString()).contains("of store firmware, status 403").contains("mutually exclusive");
        assertThat(requests).as("no body goes along").hasSize(2);
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
    void syncStatusEndsWithZeroOnlyWhenAllAgree() {
        String tenant = "{\"tenant\":\"default\",\"same\":%s,\"digest\":\"" + HASH + "\",\"files\":3,\"conflicts\":1,"
                + "\"buckets\":[%s],\"paths\":[{\"path\":\"boot/a\",\"where\":\"dc2\"}],\"note\":\"\"}";
        String report = "{\"site\":\"dc1\",\"agree\":%s,\"asOf\":\"\",\"sites\":[{\"site\":\"dc2\",\"state\":\"%s\","
                + "\"behindEvents\":7,\"behindSeconds\":%d,\"reportAgeSeconds\":2,\"tenants\":[%s]}],"
                + "\"nodes\":[{\"site\":\"dc2\",\"node\":\"edge-1\",\"role\":\"edge\",\"state\":\"READY\",\"same\":true,"
                + "\"behindEvents\":0,\"behindSeconds\":0,\"reportAgeSeconds\":3,\"tenants\":[]}]}";
        answers.put(
                "GET /api/v1/convergence?tenant=default&paths=true",
                new Answer(200, String.format(report, false, "different", 12, String.format(tenant, false, "17"))));
        answers.put(
                "GET /api/v1/convergence?tenant=&paths=false",
                new Answer(200, String.format(report, true, "same", 0, String.format(tenant, true, ""))));

        assertThat(run("sync-status", "-t", "default", "--paths")).isEqualTo(1);
        assertThat(out.toString())
                .contains("site dc2  different, for 12 s, 7 events to read, heard of 2 s ago")
                .contains("3 files, 1 conflicts, differs in bucket 17")
                .contains("boot/a  only at dc2")
                .contains("node dc2/edge-1  edge READY, reported 3 s ago")
                .contains("they do not all agree");
        assertThat(run("sync-status")).isZero();
        assertThat(out.toString()).endsWith("all agree" + System.lineSeparator());
        assertThat(run("sync-status", "--json")).isZero();
        assertThat(run("sync-status", "--paths")).isEqualTo(2);
        assertThat(err.toString()).contains("--paths needs --tenant");
    }

    @Test
    void conflictsAreListedPageByPageAndRestored() {
        String version = "{\"revision\":\"id-%d\",\"kind\":\"published\",\"time\":\"t\",\"origin\":\"dc%d\","
                + "\"actor\":\"a\",\"sha256\":\"" + HASH + "\",\"size\":5}";
        String page = "{\"total\":2,\"conflicts\":[{\"tenant\":\"default\",\"path\":\"%s\",\"winner\":"
                + String.format(version, 1, 1) + ",\"losers\":[" + String.format(version, 2, 2)
                + "]}],\"next\":\"%s\"}";
        answers.put(
                "GET /api/v1/conflicts?tenant=default&prefix=&after=&limit=500",
                new Answer(200, String.format(page, "x/a", "x/a")));
        answers.put(
                "GET /api/v1/conflicts?tenant=default&prefix=&after=x%2Fa&limit=500",
                new Answer(200, String.format(page, "x/b", "")));
        answers.put(
                "POST /api/v1/conflicts/restore",
                new Answer(
                        200,
                        "{\"tenant\":\"default\",\"path\":\"x/a\",\"revision\":\"id-2\",\"kind\":\"published\","
                                + "\"stamp\":\"s\",\"shown\":true}"));

        assertThat(run("conflicts")).isZero();
        assertThat(out.toString()).contains("x/a", "x/b", "lost  t", "id-2", "2 open conflicts");
        assertThat(run("conflicts", "restore", "x/a", "--revision", "id-2")).isZero();
        assertThat(out.toString()).contains("restored default/x/a to revision id-2");
        assertThat(requests.get(2)).contains("\"revision\":\"id-2\"", "\"path\":\"x/a\"");
    }

    @Test
    void nodesAreListedWithRoleAndAddress() {
        answers.put(
                "GET /api/v1/nodes",
                new Answer(
                        200,
                        "{\"nodes\":[{\"site\":\"dc1\",\"node\":\"s1\",\"role\":\"streams\",\"state\":\"READY\","
                                + "\"reportedAt\":\"t\",\"addresses\":{\"http\":\"h:1\"}}]}"));

        assertThat(run("nodes")).isZero();
        assertThat(out.toString()).contains("dc1/s1", "streams", "READY", "h:1");
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
    void placementListsTheEdgesAndWhy() {
        answers.put("GET /api/v1/placement?client=2001%3Adb8%3A%3A9", new Answer(200, """
                {"client":"2001:db8::9","site":"dc1","subnet":"","edges":[{"site":"dc1","node":"edge-1","live":true,
                "standing":"live","state":"READY","load":0.1,"ageMillis":5,"stalenessMillis":7,
                "addresses":{"tftp":"10.1.0.1:69"},"why":"because"}]}"""));

        assertThat(run("placement", "2001:db8::9")).isZero();
        assertThat(out.toString().strip().split("\\s+"))
                .containsExactly("live", "dc1/edge-1", "10.1.0.1:69", "because");
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

    private static String setting(String name, String scope, String value) {
        return "{\"name\":\"" + name + "\",\"scope\":\"" + scope + "\",\"value\":" + value
                + ",\"changedAt\":\"2026-11-27T10:00:00Z\",\"origin\":\"dc1\",\"actor\":\"rest:192.0.2.9\",\"stamp\":\"s\"}";
    }

    @Test
    void settingsAreListedWithTheDigestToCompareNodesWith() {
        answers.put(
                "GET /api/v1/config",
                new Answer(
                        200,
                        "{\"digest\":\"3f2a9c01b2d4\",\"settings\":["
                                + setting("stale", "site/dc1", "\"\\\"refuse\\\"\"") + "]}"));
        answers.put(
                "GET /api/v1/config?scope=tenant%2Flab",
                new Answer(200, "{\"digest\":\"3f2a9c01b2d4\",\"settings\":[]}"));

        assertThat(run("config")).isZero();
        assertThat(run("config", "--tenant", "lab")).isZero();

        assertThat(out.toString().lines())
                .containsExactly("stale  site/dc1  \"refuse\"", "config 3f2a9c01b2d4", "config 3f2a9c01b2d4");
    }

    @Test
    void aSettingIsSetForWhomIsNamedAsJsonOrAsText() throws IOException {
        Path rules = Files.writeString(directory.resolve("rules"), "r ^a b\n");
        answers.put(
                "PUT /api/v1/config/max-block-size?scope=all",
                new Answer(200, setting("max-block-size", "all", "\"1468\"")));
        answers.put(
                "PUT /api/v1/config/stale?scope=node%2Fdc1%2Fedge-1",
                new Answer(200, setting("stale", "node/dc1/edge-1", "\"\\\"refuse\\\"\"")));
        answers.put(
                "PUT /api/v1/config/names.rules?scope=tenant%2Flab",
                new Answer(200, setting("names.rules", "tenant/lab", "\"x\"")));
        answers.put(
                "PUT /api/v1/config/placement?scope=site%2Fdc2",
                new Answer(200, setting("placement", "site/dc2", "\"[]\"")));

        assertThat(run("config", "set", "max-block-size", "1468")).isZero();
        assertThat(run("config", "set", "stale", "refuse", "--node", "dc1/edge-1"))
                .isZero();
        assertThat(run("config", "set", "names.rules", "--file", rules.toString(), "-t", "lab"))
                .isZero();
        assertThat(run("config", "set", "placement", "[]", "--site", "dc2")).isZero();

        assertThat(err.toString()).isEmpty();
        assertThat(requests)
                .containsExactly(
                        "PUT /api/v1/config/max-block-size?scope=all1468",
                        "PUT /api/v1/config/stale?scope=node%2Fdc1%2Fedge-1\"refuse\"",
                        "PUT /api/v1/config/names.rules?scope=tenant%2Flab\"r ^a b\\n\"",
                        "PUT /api/v1/config/placement?scope=site%2Fdc2[]");
        assertThat(out.toString()).startsWith("set max-block-size for all to 1468" + System.lineSeparator());
    }

    @Test
    void whatIsSetIsReadUnsetAndFollowedBack() {
        String history = "{\"changes\":[" + setting("stale", "all", "\"\\\"serve\\\"\"") + ","
                + setting("stale", "all", "null") + "]}";
        answers.put("GET /api/v1/config/stale?scope=all", new Answer(200, history));
        answers.put("DELETE /api/v1/config/stale?scope=all", new Answer(200, setting("stale", "all", "null")));

        assertThat(run("config", "get", "stale")).isZero();
        assertThat(run("config", "history", "stale")).isZero();
        assertThat(run("config", "unset", "stale")).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "\"serve\"",
                        "2026-11-27T10:00:00Z  dc1  rest:192.0.2.9  \"serve\"",
                        "2026-11-27T10:00:00Z  dc1  rest:192.0.2.9  unset",
                        "unset stale for all");
    }

    @Test
    void aSettingNeedsAValueOrAFileAndOneScope() {
        assertThat(run("config", "set", "stale")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("expected either VALUE or --file FILE");
        assertThat(run("config", "get", "stale", "--site", "dc1", "--tenant", "lab"))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(requests).isEmpty();
    }

    @Test
    void whatTheServerFindsWrongWithASettingIsSaid() {
        answers.put(
                "PUT /api/v1/config/max-block-size?scope=all",
                new Answer(422, "{\"detail\":\"`max-block-size` is 4; expected 8 to 65464\"}"));

        assertThat(run("config", "set", "max-block-size", "4")).isEqualTo(1);

        assertThat(err.toString()).contains("`max-block-size` is 4; expected 8 to 65464");
    }

    @Test
    void nodesThatWorkByOtherSettingsAreMarked() {
        String node = "{\"site\":\"dc1\",\"node\":\"%s\",\"role\":\"edge\",\"state\":\"READY\",\"reportedAt\":\"t\","
                + "\"digests\":{},\"addresses\":{\"tftp\":\"192.0.2.7:69\"},\"configuration\":\"%s\","
                + "\"configurationProblem\":\"%s\"}";
        answers.put(
                "GET /api/v1/nodes",
                new Answer(
                        200,
                        "{\"configuration\":\"aaaa\",\"nodes\":["
                                + String.join(
                                        ",",
                                        node.formatted("e1", "aaaa", ""),
                                        node.formatted("e2", "bbbb", ""),
                                        node.formatted("e3", "bbbb", "the disk is full"))
                                + "]}"));

        assertThat(run("nodes")).isZero();

        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "dc1/e1 edge READY t config aaaa 192.0.2.7:69",
                        "dc1/e2 edge READY t config bbbb (other than here) 192.0.2.7:69",
                        "dc1/e3 edge READY t config bbbb (the disk is full) 192.0.2.7:69");
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
