package io.tftpdc.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Asks the site's file index, which the streams processors hold, through their query endpoint. Any thread may ask; every
 * method blocks for one exchange and throws {@link CatalogUnavailableException} while the index cannot be asked.
 */
public final class FileCatalog implements ContentLocator, AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
    private static final long LONGEST_PAUSE_MILLIS = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final HttpClient http;

    /** @param streams where the streams processors answer, such as {@code http://localhost:8082} */
    public FileCatalog(URI streams) {
        this.base = streams;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /**
     * Part of a list of files.
     *
     * @param next path to go on after; empty at the end
     */
    public record Page(List<FileIndexEntry> entries, Optional<String> next) {}

    /** What is known of a file; without revisions when it never existed. */
    public FileIndexEntry entry(FileKey key) throws IOException {
        HttpResponse<byte[]> response = get("/query/v1/files?key=" + encode(key.toString()));
        return saysAbsent(response) ? FileIndexEntry.empty(key) : IndexJson.readEntry(json(response));
    }

    /**
     * Files of a tenant in the order of their paths.
     *
     * @param prefix that paths begin with, may be empty
     * @param after path to go on after, or empty to begin
     * @param limit entries at most
     * @param removed whether files that were removed are listed too
     */
    public Page list(Tenant tenant, String prefix, String after, int limit, boolean removed) throws IOException {
        return page(tenant, prefix, after, limit, "&removed=" + removed);
    }

    /** As {@link #list}, of the files with open conflicts, removed ones included. */
    public Page conflicts(Tenant tenant, String prefix, String after, int limit) throws IOException {
        return page(tenant, prefix, after, limit, "&conflicts=true");
    }

    /**
     * Digests of the revisions of each entry in some buckets, by path, to compare with another site's.
     *
     * @param site whose index answered; empty when it does not say
     * @param more whether there are more than could be told
     */
    public record Fingerprints(String site, Map<String, String> byPath, boolean more) {}

    public Fingerprints fingerprints(Tenant tenant, Collection<Integer> buckets) throws IOException {
        JsonNode answer = json(get("/query/v1/fingerprints?tenant=" + encode(tenant.value()) + "&buckets="
                + String.join(",", buckets.stream().map(String::valueOf).toList())));
        Map<String, String> byPath = new TreeMap<>();
        answer.path("entries")
                .properties()
                .forEach(entry -> byPath.put(entry.getKey(), entry.getValue().asText()));
        return new Fingerprints(
                answer.path("site").asText(""), byPath, answer.path("more").asBoolean());
    }

    private Page page(Tenant tenant, String prefix, String after, int limit, String which) throws IOException {
        JsonNode page = json(get("/query/v1/list?tenant=" + encode(tenant.value()) + "&prefix=" + encode(prefix)
                + "&after=" + encode(after) + "&limit=" + limit + which));
        List<FileIndexEntry> entries = new ArrayList<>();
        page.path("entries").forEach(entry -> entries.add(IndexJson.readEntry(entry)));
        JsonNode next = page.path("next");
        return new Page(entries, next.isTextual() ? Optional.of(next.textValue()) : Optional.empty());
    }

    /** The convergence digests of a tenant as the query endpoint writes them. */
    public JsonNode digests(Tenant tenant) throws IOException {
        return json(get("/query/v1/digests?tenant=" + encode(tenant.value())));
    }

    @Override
    public Map<Sha256, ContentLocation> locate(Collection<Sha256> hashes) throws IOException {
        ObjectNode question = JSON.createObjectNode();
        ArrayNode list = question.putArray("hashes");
        hashes.forEach(hash -> list.add(hash.hex()));
        JsonNode answer = json(send(request("/query/v1/locations")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question.toString()))));
        Map<Sha256, ContentLocation> locations = new HashMap<>();
        answer.path("locations").properties().forEach(location -> {
            if (!location.getValue().isNull()) {
                locations.put(Sha256.parse(location.getKey()), IndexJson.readLocation(location.getValue()));
            }
        });
        return locations;
    }

    /**
     * Waits until the index has taken in an event of this file, or a greater one.
     *
     * @return false when it had not by then
     */
    public boolean awaitStamp(FileKey key, EventStamp stamp, Duration timeout) throws InterruptedIOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        long pause = 2;
        while (true) {
            try {
                Optional<FileRevision> winner = entry(key).winner();
                if (winner.isPresent() && winner.get().stamp().compareTo(stamp) >= 0) {
                    return true;
                }
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                // The index may be moving to another process; only the deadline ends the waiting.
                pause = LONGEST_PAUSE_MILLIS;
            }
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                throw interrupted();
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(base.resolve(pathAndQuery)).timeout(ANSWER_TIMEOUT);
    }

    private HttpResponse<byte[]> get(String pathAndQuery) throws IOException {
        return send(request(pathAndQuery).GET());
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
        HttpResponse<byte[]> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new CatalogUnavailableException(
                    "the file index at " + base + " does not answer: " + reason(e)
                            + ". Check that the streams processors run and that their URL is configured",
                    e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
        int status = response.statusCode();
        if (status != 200 && status != 404) {
            throw new CatalogUnavailableException(
                    "the file index at " + base + " answered " + status + ": " + message(response));
        }
        return response;
    }

    /** Only the query endpoint's own 404 says so; any other server, or one that is starting, knows nothing. */
    private static boolean saysAbsent(HttpResponse<byte[]> response) {
        try {
            return response.statusCode() == 404
                    && JSON.readTree(response.body()).path("absent").asBoolean(false);
        } catch (IOException e) {
            return false;
        }
    }

    private JsonNode json(HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new CatalogUnavailableException("there is no file index at " + response.uri()
                    + ": 404. The streams processors are starting, or their URL is wrong");
        }
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new CatalogUnavailableException("the file index at " + base + " did not answer with JSON", e);
        }
    }

    /** What a server says about an error, whether in JSON or in plain text. */
    private static String message(HttpResponse<byte[]> response) {
        String body = new String(response.body(), StandardCharsets.UTF_8).strip();
        try {
            JsonNode node = JSON.readTree(body);
            for (String name : List.of("message", "detail", "error")) {
                if (node.hasNonNull(name)) {
                    return node.get(name).asText();
                }
            }
        } catch (JsonProcessingException e) {
            return body;
        }
        return body;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while asking the file index");
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
