package io.tftpdc.objects.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * A whole S3 as a process of its own, on a port that it takes itself and says in its log: one that was looked for here might
 * be another's until then. It checks neither keys nor signatures.
 */
final class S3Mock implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    /** Of the listener on loopback; the other one is on a port of its own. */
    private static final Pattern STARTED = Pattern.compile("Tomcat started on ports? ([0-9]+) ");

    private final Process process;
    private final Path log;

    private S3Mock(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static S3Mock start(Path directory, String buckets) throws IOException {
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
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--http.port=0", // a second listener, which nobody needs
                        "--server.ssl.enabled=false",
                        "--com.adobe.testing.s3mock.store.root=" + directory.toAbsolutePath(),
                        "--com.adobe.testing.s3mock.store.initial-buckets=" + buckets)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        S3Mock mock = new S3Mock(process, log);
        try {
            Awaitility.await("S3Mock, see " + log).atMost(START).until(() -> mock.has(buckets));
            return mock;
        } catch (RuntimeException e) {
            mock.close();
            throw new IOException("S3Mock did not start: " + mock.said(), e);
        }
    }

    /** It answers before it has made its buckets. */
    private boolean has(String buckets) throws InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("S3Mock has ended with " + process.exitValue());
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            if (!STARTED.matcher(said()).find()) {
                return false;
            }
            String list = http.send(
                            HttpRequest.newBuilder(endpoint())
                                    .timeout(Duration.ofSeconds(2))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return Arrays.stream(buckets.split(",", -1)).allMatch(name -> list.contains("<Name>" + name + "</Name>"));
        } catch (IOException e) {
            return false;
        }
    }

    private String said() throws IOException {
        return new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1);
    }

    URI endpoint() {
        try {
            Matcher started = STARTED.matcher(said());
            if (!started.find()) {
                throw new IllegalStateException("S3Mock does not say its port in " + log);
            }
            return URI.create("http://127.0.0.1:" + started.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
