package io.tftpdc.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Asks the query endpoints of the application's other processes. Any thread; blocks for at most a few seconds. */
final class PeerClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /** What a peer answered. */
    record Answer(int status, JsonNode body) {}

    /** @throws NotQueryableException when it answers neither 200 nor 404 */
    Answer get(URI peer, String path, Map<String, List<String>> parameters) {
        return send(
                peer,
                HttpRequest.newBuilder(peer.resolve(path + "?" + Parameters.local(parameters)))
                        .GET());
    }

    /** @throws NotQueryableException when it answers neither 200 nor 404 */
    Answer post(URI peer, String path, JsonNode body) {
        return send(
                peer,
                HttpRequest.newBuilder(peer.resolve(path + "?" + Parameters.local(Map.of())))
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    private Answer send(URI peer, HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response =
                    http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200 && response.statusCode() != 404) {
                throw new NotQueryableException("the streams processor at " + peer + ", which holds a part of the"
                        + " answer, answered " + response.statusCode() + "; ask again in a second");
            }
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new NotQueryableException(
                    "the streams processor at " + peer + ", which holds a part of the answer, does not answer: "
                            + e.getMessage() + ". Check that it runs and that its advertised-host is right",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotQueryableException("interrupted while asking " + peer, e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
