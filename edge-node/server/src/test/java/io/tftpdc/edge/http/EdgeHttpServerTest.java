package io.tftpdc.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.testing.FilesInMemory;
import io.tftpdc.event.Sha256;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.HealthSwitch;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.PortInUseException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class EdgeHttpServerTest {
    private static final byte[] IMAGE = random(3_000_000);
    private static final byte[] HELLO = "hello, world".getBytes(StandardCharsets.UTF_8);
    private static final String HELLO_TAG = "\"" + Sha256.of(HELLO).hex() + "\"";

    private final FilesInMemory files = new FilesInMemory()
            .with("hello.txt", HELLO)
            .with("boot/image.bin", IMAGE)
            .with("empty", new byte[0])
            .with("a b+ü%.txt", HELLO)
            .answering("secret", new Lookup.Refused("lab", "secret", "not for you"))
            .answering("late", new Lookup.Unavailable("lab", "late", "Kafka is away"));
    private final BlockingQueue<TransferReport> reports = new LinkedBlockingQueue<>();
    private final HealthSwitch ready = new HealthSwitch(HealthCheck.Status.up("fine"));
    private final Metrics metrics = Metrics.create("a", "edge-1", "edge");
    private final HttpClient client = HttpClient.newHttpClient();
    private EdgeHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = bind(100, Duration.ofSeconds(30));
    }

    private EdgeHttpServer bind(int maxConnections, Duration idle) throws IOException {
        StatusPage status = new StatusPage() {
            @Override
            public String node() {
                return "{\"node\":\"edge-1\"}";
            }

            @Override
            public Optional<String> file(String tenant, String path) {
                return tenant.equals("lab") ? Optional.of("{\"path\":\"" + path + "\"}") : Optional.empty();
            }
        };
        HttpSettings settings = new HttpSettings(new InetSocketAddress("127.0.0.1", 0), 1, maxConnections, idle);
        return EdgeHttpServer.bind(
                settings, files, reports::add, new HealthRegistry().readiness("x", ready), metrics, status);
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.close();
        metrics.close();
        assertThat(files.open.get()).as("files left open").isZero();
    }

    @Test
    void wholeFileComesWithItsHashTypeAndLength() throws Exception {
        HttpResponse<byte[]> response = get("/files/hello.txt");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(HELLO);
        assertThat(response.headers().firstValue("etag")).contains(HELLO_TAG);
        assertThat(response.headers().firstValue("content-type")).contains("text/plain");
        assertThat(response.headers().firstValue("content-length")).contains("12");
        assertThat(response.headers().firstValue("accept-ranges")).contains("bytes");
        TransferReport report = report();
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(report.bytesAcknowledged()).isEqualTo(12);
        assertThat(report.tenant()).isEqualTo("lab");
        assertThat(report.path()).isEqualTo("hello.txt");
        assertThat(report.sha256Hex()).isEqualTo(Sha256.of(HELLO).hex());
        assertThat(report.local().getPort()).isEqualTo(server.address().getPort());
    }

    @Test
    void largeFileComesWholeAndSeveralInARowOverOneConnection() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(get("/files/boot/image.bin").body()).isEqualTo(IMAGE);
            assertThat(report().bytesAcknowledged()).isEqualTo(IMAGE.length);
        }
        assertThat(metrics.registry().get(HttpMeters.SENT.meterName()).counter().count())
                .isEqualTo(3.0 * IMAGE.length);
    }

    @Test
    void rangeIsAPartWithItsPlace() throws Exception {
        HttpResponse<byte[]> response = get("/files/boot/image.bin", "Range", "bytes=100000-299999");

        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.body()).isEqualTo(Arrays.copyOfRange(IMAGE, 100_000, 300_000));
        assertThat(response.headers().firstValue("content-range")).contains("bytes 100000-299999/3000000");
        assertThat(report().options()).containsEntry("range", "bytes=100000-299999");
    }

    @Test
    void rangeBeyondTheEndIsRefusedWithTheSize() throws Exception {
        HttpResponse<byte[]> response = get("/files/hello.txt", "Range", "bytes=12-");

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(response.headers().firstValue("content-range")).contains("bytes */12");
        assertThat(report().outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void rangeOfAnotherVersionIsTheWholeOfThisOne() throws Exception {
        assertThat(get("/files/hello.txt", "Range", "bytes=0-1", "If-Range", "\"another\"")
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("/files/hello.txt", "Range", "bytes=0-1", "If-Range", HELLO_TAG)
                        .statusCode())
                .isEqualTo(206);
    }

    @Test
    void headTellsEverythingButTheBytes() throws Exception {
        HttpResponse<byte[]> response =
                send(request("/files/boot/image.bin").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-length")).contains("3000000");
        assertThat(response.body()).isEmpty();
        assertThat(report().outcome()).isEqualTo(Outcome.PROBE);
    }

    @Test
    void versionThatTheClientHasIsNotSentAgain() throws Exception {
        HttpResponse<byte[]> response = get("/files/hello.txt", "If-None-Match", HELLO_TAG);

        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("etag")).contains(HELLO_TAG);
        assertThat(report().outcome()).isEqualTo(Outcome.PROBE);
    }

    @Test
    void emptyFileIsAFile() throws Exception {
        assertThat(get("/files/empty").statusCode()).isEqualTo(200);
        assertThat(report().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void missingRefusedAndUnavailableFilesSaySo() throws Exception {
        assertThat(get("/files/nowhere").statusCode()).isEqualTo(404);
        assertThat(report().outcome()).isEqualTo(Outcome.NOT_FOUND);
        assertThat(get("/files/secret").statusCode()).isEqualTo(403);
        assertThat(report().message()).isEqualTo("not for you");
        HttpResponse<byte[]> unavailable = get("/files/late");
        assertThat(unavailable.statusCode()).isEqualTo(503);
        assertThat(unavailable.headers().firstValue("retry-after")).isPresent();
        assertThat(text(unavailable)).contains("Kafka is away");
        assertThat(report().outcome()).isEqualTo(Outcome.UNAVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/files/a%20b+%C3%BC%25.txt", "/files//hello.txt", "/files/boot//image.bin?x=y"})
    void pathsAreDecodedAndDoubledSlashesMeanOne(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/files/a/../../x", "/files/", "/files/a%00b", "/files/a%5Cb", "/files/a%0Ab"})
    void pathsThatAreNoNamesAreRefused(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(400);
        assertThat(report().outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void methodsThatChangeThingsAreNotForThisPort() throws Exception {
        HttpResponse<byte[]> response =
                send(request("/files/hello.txt").PUT(HttpRequest.BodyPublishers.ofString("new")));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).contains("GET, HEAD");
    }

    @Test
    void fileThatIsOnlyPartlyHereIsSentAsItComes() throws Exception {
        CompletableFuture<Void> rest = files.onlyTheFirst(1_000_000);
        HttpResponse<InputStream> response =
                client.send(request("/files/boot/image.bin").build(), HttpResponse.BodyHandlers.ofInputStream());
        byte[] start = response.body().readNBytes(900_000);

        rest.complete(null);

        assertThat(start).isEqualTo(Arrays.copyOf(IMAGE, 900_000));
        assertThat(response.body().readAllBytes()).isEqualTo(Arrays.copyOfRange(IMAGE, 900_000, IMAGE.length));
        assertThat(report().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void contentThatCannotBeHadAfterAllBreaksTheConnectionSoThatTheClientNotices() throws Exception {
        CompletableFuture<Void> rest = files.onlyTheFirst(1_000_000);
        HttpResponse<InputStream> response =
                client.send(request("/files/boot/image.bin").build(), HttpResponse.BodyHandlers.ofInputStream());

        rest.completeExceptionally(new IOException("gone"));

        assertThatThrownBy(() -> response.body().readAllBytes()).isInstanceOf(IOException.class);
        TransferReport report = report();
        assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(report.message()).contains("gone");
    }

    @Test
    void clientThatGoesAwayIsReportedAndItsFileClosed() throws Exception {
        files.onlyTheFirst(1_000_000); // or the kernel might have taken all of it before the client goes
        try (Socket socket = connect()) {
            write(socket, "GET /files/boot/image.bin HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
        }

        TransferReport report = report();

        assertThat(report.outcome()).isEqualTo(Outcome.ABORTED_BY_CLIENT);
        assertThat(report.bytesAcknowledged()).isLessThan(IMAGE.length);
    }

    @Test
    void connectionOnWhichNothingMovesIsClosed() throws Exception {
        server.close();
        server = bind(100, Duration.ofMillis(200));
        try (Socket idle = connect();
                Socket stuck = connect()) {
            write(stuck, "GET /files/boot/image.bin HTTP/1.1\r\nHost: x\r\n\r\n");
            files.onlyTheFirst(0);

            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            stuck.getInputStream().readAllBytes();
        }
        assertThat(report().outcome()).isIn(Outcome.TIMED_OUT, Outcome.COMPLETED);
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws Exception {
        try (Socket socket = connect()) {
            write(
                    socket,
                    "GET /files/boot/image.bin HTTP/1.1\r\nHost: x\r\n\r\n"
                            + "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
                            + "GET /files/hello.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(all.indexOf("{\"status\"")).isGreaterThan(IMAGE.length);
            assertThat(all).endsWith("hello, world");
        }
    }

    @Test
    void oldClientsWithoutKeepAliveAreServedAndClosed() throws Exception {
        try (Socket socket = connect()) {
            write(socket, "GET /files/hello.txt HTTP/1.0\r\n\r\n");

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("200 OK")
                    .endsWith("hello, world");
        }
    }

    @Test
    void whatIsNoHttpIsAnsweredWith400() throws Exception {
        try (Socket socket = connect()) {
            write(socket, "\u0001\u0002 garbage\r\n\r\n");

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("400 Bad Request");
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAtOnce() throws Exception {
        server.close();
        server = bind(1, Duration.ofSeconds(30));
        try (Socket first = connect();
                Socket second = connect()) {
            assertThat(second.getInputStream().read()).isEqualTo(-1);
            write(first, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(first.getInputStream().readNBytes(15))
                    .isEqualTo("HTTP/1.1 200 OK".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void healthMetricsAndStatusAreAnswered() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(text(get("/health/ready"))).contains("\"detail\":\"fine\"");
        ready.set(HealthCheck.Status.down("broken"));
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(text(get("/metrics")))
                .contains("tftpdc_edge_http_connections")
                .contains("site=\"a\"");
        assertThat(text(get("/status"))).contains("edge-1");
        assertThat(text(get("/status/files/lab/a/b"))).contains("a/b");
        assertThat(get("/status/files/other/a").statusCode()).isEqualTo(404);
        assertThat(get("/").statusCode()).isEqualTo(404);
    }

    @Test
    void takenPortIsNamed() {
        HttpSettings same = new HttpSettings(server.address(), 1, 10, Duration.ofSeconds(1));

        assertThatThrownBy(() ->
                        EdgeHttpServer.bind(same, files, reports::add, new HealthRegistry(), metrics, new StatusPage() {
                            @Override
                            public String node() {
                                return "";
                            }

                            @Override
                            public Optional<String> file(String tenant, String path) {
                                return Optional.empty();
                            }
                        }))
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining(String.valueOf(server.address().getPort()));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(10_000);
        socket.connect(server.address());
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private TransferReport report() throws InterruptedException {
        TransferReport report = reports.poll(10, TimeUnit.SECONDS);
        if (report == null) {
            throw new AssertionError("no report");
        }
        return report;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
