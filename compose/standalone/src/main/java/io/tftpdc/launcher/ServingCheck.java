package io.tftpdc.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
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
 * health address answers 200.
 */
final class ServingCheck extends Check {

    /** Longer than a transaction stays open whose producer was killed: nobody reads on before its end. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Duration ONE_TRY = Duration.ofSeconds(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final InetSocketAddress tftp;
    private final Map<String, URI> health;
    private final BooleanSupplier justSeeded;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ONE_TRY).build();
    private String detail = "";

    /**
     * @param health addresses that answer 200 when all is well, by the name of what they speak for
     * @param justSeeded whether the file was published in this start; at a later one somebody may have removed it
     */
    ServingCheck(InetSocketAddress tftp, Map<String, URI> health, BooleanSupplier justSeeded, LaunchLog out) {
        super(PATIENCE, out);
        this.tftp = tftp;
        this.health = new LinkedHashMap<>(health);
        this.justSeeded = justSeeded;
    }

    @Override
    public String detail() {
        return detail;
    }

    @Override
    String complaint() {
        return "Everything started, but it does not work";
    }

    @Override
    public void close() {
        http.close();
    }

    @Override
    List<String> missing() throws IOException, InterruptedException {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, URI> one : health.entrySet()) {
            String problem = problemAt(one.getValue());
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

    private String problemAt(URI ready) throws InterruptedException {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(ready).timeout(ONE_TRY).build(), HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? "" : down(response.body());
        } catch (IOException e) {
            return ready + " does not answer (" + e + ")";
        }
    }

    /** Only what is not well: the rest says how things are, too. */
    private static String down(String health) throws IOException {
        List<String> down = new ArrayList<>();
        JSON.readTree(health).path("checks").properties().forEach(check -> {
            if (!check.getValue().path("status").asText().equals("up")) {
                down.add(check.getKey() + ": " + check.getValue().path("detail").asText());
            }
        });
        return down.isEmpty() ? health.strip() : String.join(", ", down);
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
