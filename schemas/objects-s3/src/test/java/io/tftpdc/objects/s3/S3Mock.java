package io.tftpdc.objects.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A whole S3 as a process of its own, on a free port. It checks neither keys nor signatures. */
final class S3Mock implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final Process process;
    private final URI endpoint;

    private S3Mock(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    static S3Mock start(Path directory, String buckets) throws IOException {
        int port = freePort();
        Files.createDirectories(directory);
        Path log = directory.resolve("s3mock.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        Path.of("target", "s3mock", "s3mock.jar")
                                .toAbsolutePath()
                                .toString(),
                        "--server.port=0", // a second listener, which nobody needs
                        "--server.address=127.0.0.1",
                        "--http.port=" + port,
                        "--server.ssl.enabled=false",
                        "--com.adobe.testing.s3mock.store.root=" + directory.toAbsolutePath(),
                        "--com.adobe.testing.s3mock.store.initial-buckets=" + buckets)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        S3Mock mock = new S3Mock(process, URI.create("http://127.0.0.1:" + port));
        try {
            Awaitility.await("S3Mock, see " + log).atMost(START).until(() -> mock.has(buckets));
            return mock;
        } catch (RuntimeException e) {
            mock.close();
            throw new IOException("S3Mock did not start: " + Files.readString(log), e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** It answers before it has made its buckets. */
    private boolean has(String buckets) throws InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("S3Mock has ended with " + process.exitValue());
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            String list = http.send(
                            HttpRequest.newBuilder(endpoint)
                                    .timeout(Duration.ofSeconds(2))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return Arrays.stream(buckets.split(",", -1)).allMatch(name -> list.contains("<Name>" + name + "</Name>"));
        } catch (IOException e) {
            return false;
        }
    }

    URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
