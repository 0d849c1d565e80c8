package io.tftpdc.launcher;

import io.tftpdc.launcher.SmallTftpRead.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Waits until publishing and serving truly work: the seeded file comes back over TFTP with the right bytes, and every
 * health address answers 200. The last thing before {@code ready}.
 */
final class ServingCheck implements Component {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ONE_TRY = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private final InetSocketAddress tftp;
    private final Map<String, URI> health;
    private final BooleanSupplier justSeeded;
    private String detail = "";

    /**
     * @param health addresses that answer 200 when all is well, by the name of what they speak for
     * @param justSeeded whether the file was published in this start; at a later one somebody may have removed it
     */
    ServingCheck(InetSocketAddress tftp, Map<String, URI> health, BooleanSupplier justSeeded) {
        this.tftp = tftp;
        this.health = new LinkedHashMap<>(health);
        this.justSeeded = justSeeded;
    }

    @Override
    public String name() {
        return "check";
    }

    @Override
    public String detail() {
        return detail;
    }

    @Override
    public void start() throws LaunchException, IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(ONE_TRY).build()) {
            List<String> missing = missing(http);
            while (!missing.isEmpty()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new LaunchException("Everything started, but after " + PATIENCE.toSeconds()
                            + " s it does not work: " + String.join("; ", missing));
                }
                Thread.sleep(BETWEEN_TRIES);
                missing = missing(http);
            }
        }
    }

    @Override
    public void close() {}

    private List<String> missing(HttpClient http) throws IOException, InterruptedException {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, URI> one : health.entrySet()) {
            String problem = problemAt(http, one.getValue());
            if (!problem.isEmpty()) {
                missing.add(one.getKey() + ": " + problem);
            }
        }
        if (missing.isEmpty()) {
            String problem = problemOfServing();
            if (!problem.isEmpty()) {
                missing.add("TFTP: " + problem);
            }
        }
        return missing;
    }

    private static String problemAt(HttpClient http, URI ready) throws InterruptedException {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(ready).timeout(ONE_TRY).build(), HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? "" : response.body().strip();
        } catch (IOException e) {
            return ready + " does not answer (" + e + ")";
        }
    }

    private String problemOfServing() throws IOException {
        return switch (SmallTftpRead.read(tftp, SeedFile.PATH, ONE_TRY)) {
            case Answer.Content content -> {
                detail = SeedFile.PATH + " came back over TFTP";
                yield Arrays.equals(content.bytes(), SeedFile.CONTENT.getBytes(StandardCharsets.UTF_8))
                                || !justSeeded.getAsBoolean()
                        ? ""
                        : SeedFile.PATH + " has other bytes than were published";
            }
            case Answer.Absent ignored -> {
                detail = "TFTP answers";
                yield justSeeded.getAsBoolean() ? SeedFile.PATH + " is not there yet" : "";
            }
            case Answer.Failed failed -> failed.reason();
        };
    }
}
