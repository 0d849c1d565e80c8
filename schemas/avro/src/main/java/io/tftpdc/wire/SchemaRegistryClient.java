package io.tftpdc.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ids from a schema registry that speaks the Confluent REST API: ours or any other.
 *
 * <p>What was answered once is never asked again. A registry that is away, overloaded or restarting is asked again with
 * growing pauses until the patience ends; one that refuses is not. An id that no registry knows is not asked about again
 * for {@value #UNKNOWN_ID_SECONDS} s, so a stream of broken records does not become a stream of requests.
 *
 * <p>Thread-safe. A call may block for the patience, not longer than that plus one request.
 */
public final class SchemaRegistryClient implements SchemaIds, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistryClient.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String V1_JSON = "application/vnd.schemaregistry.v1+json";
    private static final int UNKNOWN_ID_SECONDS = 5;
    private static final int UNKNOWN_ID_CODE = 40403;
    private static final int MAX_UNKNOWN_IDS = 1000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /**
     * Which registry, and how to ask it.
     *
     * @param urls its instances, tried in turn
     * @param credentials for basic authentication
     * @param autoRegister whether a schema that the registry does not have is registered, or refused
     * @param requestTimeout of one request
     * @param patience how long a registry that does not answer is asked again
     */
    public record Settings(
            List<URI> urls,
            Optional<Credentials> credentials,
            boolean autoRegister,
            Duration requestTimeout,
            Duration patience) {

        public Settings {
            urls = List.copyOf(urls);
            if (urls.isEmpty()) {
                throw new IllegalArgumentException(
                        "The schema registry has no URL; give at least one, for example http://localhost:8081");
            }
            for (URI url : urls) {
                if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme())) || url.getHost() == null) {
                    throw new IllegalArgumentException(
                            "The schema registry's URL is " + url + "; expected for example http://localhost:8081");
                }
            }
        }

        /** The usual settings for one URL, or several with commas between. */
        public static Settings of(String urls) {
            List<URI> parsed = Arrays.stream(urls.split(","))
                    .map(String::strip)
                    .filter(url -> !url.isEmpty())
                    .map(URI::create)
                    .toList();
            return new Settings(parsed, Optional.empty(), true, Duration.ofSeconds(5), Duration.ofSeconds(30));
        }

        public Settings withCredentials(Credentials newCredentials) {
            return new Settings(urls, Optional.of(newCredentials), autoRegister, requestTimeout, patience);
        }

        public Settings withAutoRegister(boolean newAutoRegister) {
            return new Settings(urls, credentials, newAutoRegister, requestTimeout, patience);
        }

        public Settings withPatience(Duration newPatience) {
            return new Settings(urls, credentials, autoRegister, requestTimeout, newPatience);
        }
    }

    /** For basic authentication; the password is not printed. */
    public record Credentials(String user, String password) {
        @Override
        public String toString() {
            return user + ":*****";
        }
    }

    private record SubjectSchema(String subject, Schema schema) {}

    private record Unknown(String message, long untilNanos) {}

    private final Settings settings;
    private final HttpClient http;
    private final Map<SubjectSchema, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Integer, Unknown> unknown = new ConcurrentHashMap<>();
    /** Index of the instance that answered last. */
    private volatile int current;

    public SchemaRegistryClient(Settings settings) {
        this(settings, HttpClient.newBuilder());
    }

    /** With an HTTP client prepared by the caller, for TLS. */
    public SchemaRegistryClient(Settings settings, HttpClient.Builder http) {
        this.settings = settings;
        this.http = http.version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.requestTimeout())
                .build();
    }

    /** For one URL, or several with commas between, and the usual settings. */
    public static SchemaRegistryClient connect(String urls) {
        return new SchemaRegistryClient(Settings.of(urls));
    }

    @Override
    public int idOf(String subject, Schema schema) {
        SubjectSchema key = new SubjectSchema(subject, schema);
        Integer known = ids.get(key);
        if (known != null) {
            return known;
        }
        String path = "/subjects/"
                + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
        ObjectNode body = JSON.createObjectNode().put("schema", schema.toString());
        Answer answer = ask("POST", settings.autoRegister() ? path + "/versions" : path, Optional.of(body.toString()));
        if (answer.status() != 200) {
            throw new SerializationException("The schema registry at " + answer.url() + " refuses "
                    + schema.getFullName() + " for subject " + subject + ": " + answer.error() + fix(answer, subject));
        }
        int id = answer.json().path("id").asInt();
        ids.put(key, id);
        schemas.putIfAbsent(id, schema);
        return id;
    }

    private static String fix(Answer answer, String subject) {
        return switch (answer.status()) {
            case 401, 403 -> ". Check the user and password for the registry";
            case 404 -> ". Register the schema first, or allow registering automatically";
            case 409 ->
                ". This release writes what earlier readers of " + subject
                        + " cannot follow: upgrade readers first and lower the subject's compatibility level, or use"
                        + " another topic";
            default -> "";
        };
    }

    @Override
    public Schema schemaOf(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        Unknown remembered = unknown.get(id);
        if (remembered != null && System.nanoTime() - remembered.untilNanos() < 0) {
            throw new SerializationException(remembered.message());
        }
        Answer answer = ask("GET", "/schemas/ids/" + id, Optional.empty());
        if (answer.isUnknownId()) {
            String message = "The schema registry at " + answer.url() + " has no schema with id " + id
                    + ": the record was written with another registry, or is not in Confluent's wire format";
            if (unknown.size() >= MAX_UNKNOWN_IDS) {
                unknown.clear();
            }
            unknown.put(id, new Unknown(message, System.nanoTime() + UNKNOWN_ID_SECONDS * 1_000_000_000L));
            throw new SerializationException(message);
        }
        if (answer.status() != 200) {
            // Nothing was said about the id, so nothing is known about the record.
            throw new SchemaRegistryUnavailableException(
                    "The schema registry at " + answer.url() + " does not give schema " + id + ": " + answer.error()
                            + (answer.status() == 404 ? ". Correct the registry's URL" : fix(answer, "")),
                    null);
        }
        JsonNode json = answer.json();
        if (!json.path("schema").isTextual()) {
            throw new SchemaRegistryUnavailableException(
                    "What answers at " + answer.url() + " is no schema registry: it gives no schema for id " + id,
                    null);
        }
        unknown.remove(id);
        Schema schema = parse(json, id);
        Schema before = schemas.putIfAbsent(id, schema);
        return before == null ? schema : before;
    }

    /** A schema from the registry may refer to others there. */
    private Schema parse(JsonNode json, int id) {
        Map<String, Schema> referenced = new HashMap<>();
        try {
            collect(json, referenced);
            return parser(referenced).parse(json.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw new SerializationException(
                    "Schema " + id + " from the registry is no Avro schema: " + e.getMessage(), e);
        }
    }

    private void collect(JsonNode json, Map<String, Schema> referenced) {
        for (JsonNode reference : json.path("references")) {
            String name = reference.path("name").asText();
            if (!referenced.containsKey(name)) {
                String subject = URLEncoder.encode(reference.path("subject").asText(), StandardCharsets.UTF_8)
                        .replace("+", "%20");
                Answer answer = ask(
                        "GET",
                        "/subjects/" + subject + "/versions/"
                                + reference.path("version").asInt() + "?deleted=true",
                        Optional.empty());
                if (answer.status() != 200) {
                    String message = "The schema registry at " + answer.url() + " does not give " + name
                            + ", which another schema refers to: " + answer.error();
                    throw answer.status() == 404
                            ? new SerializationException(message)
                            : new SchemaRegistryUnavailableException(message, null);
                }
                collect(answer.json(), referenced);
                Schema schema =
                        parser(referenced).parse(answer.json().path("schema").asText());
                referenced.put(schema.getFullName(), schema);
            }
        }
    }

    private static Schema.Parser parser(Map<String, Schema> referenced) {
        Schema.Parser parser = new Schema.Parser();
        return referenced.isEmpty() ? parser : parser.addTypes(List.copyOf(referenced.values()));
    }

    private record Answer(URI url, int status, String body) {

        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw new SchemaRegistryUnavailableException(
                        "What answers at " + url + " is no schema registry: " + e.getOriginalMessage(), e);
            }
        }

        /** Whether a registry, and not something in front of it, says that it has no such schema. */
        boolean isUnknownId() {
            try {
                return status == 404 && JSON.readTree(body).path("error_code").asInt() == UNKNOWN_ID_CODE;
            } catch (JsonProcessingException e) {
                return false;
            }
        }

        /** What the registry said, as a clause. */
        String error() {
            try {
                JsonNode json = JSON.readTree(body);
                if (json.has("message")) {
                    return "error " + json.path("error_code").asInt(status) + ", "
                            + json.path("message").asText();
                }
            } catch (JsonProcessingException e) {
                // said below
            }
            return "HTTP status " + status;
        }
    }

    private Answer ask(String method, String path, Optional<String> body) {
        long deadline = System.nanoTime() + settings.patience().toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            String failure = "";
            @Nullable Exception cause = null;
            for (int attempt = 0; attempt < settings.urls().size(); attempt++) {
                int instance = (current + attempt) % settings.urls().size();
                URI url = settings.urls().get(instance);
                try {
                    Answer answer = ask(url, method, path, body);
                    if (answer.status() < 500 && answer.status() != 429) {
                        current = instance;
                        return answer;
                    }
                    failure = answer.error();
                } catch (IOException e) {
                    failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                    cause = e;
                } catch (InterruptedException e) {
                    throw new InterruptException(e);
                }
            }
            if (System.nanoTime() + pause.toNanos() - deadline > 0) {
                throw new SchemaRegistryUnavailableException(
                        "The schema registry at " + settings.urls() + " did not answer for "
                                + settings.patience().toSeconds() + " s (" + failure
                                + "); check that it runs there, or correct its URL",
                        cause);
            }
            LOG.atDebug()
                    .addKeyValue("path", path)
                    .addKeyValue("reason", failure)
                    .addKeyValue("pauseMillis", pause.toMillis())
                    .log("The schema registry did not answer, trying again");
            pause = sleep(pause);
        }
    }

    private Answer ask(URI url, String method, String path, Optional<String> body)
            throws IOException, InterruptedException {
        String base = url.toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path))
                .timeout(settings.requestTimeout())
                .header("Accept", V1_JSON)
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElse(HttpRequest.BodyPublishers.noBody()));
        if (body.isPresent()) {
            request.header("Content-Type", V1_JSON);
        }
        settings.credentials().ifPresent(c -> request.header("Authorization", "Basic " + basic(c)));
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(url, response.statusCode(), response.body());
    }

    private static String basic(Credentials credentials) {
        return Base64.getEncoder()
                .encodeToString((credentials.user() + ":" + credentials.password()).getBytes(StandardCharsets.UTF_8));
    }

    /** Pauses between half of the time and all of it, and returns the next time. */
    private static Duration sleep(Duration pause) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(pause.toMillis() / 2, pause.toMillis() + 1));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
