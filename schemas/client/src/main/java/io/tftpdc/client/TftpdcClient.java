package io.tftpdc.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Publishes and manages files through the admin API, over HTTP and nothing else: no Kafka class is touched. Any thread
 * may call it; every method blocks until the server has answered and throws {@link TftpdcException} with the server's
 * explanation when it refused.
 */
public final class TftpdcClient implements AutoCloseable {
    /** What is told as content type where the publisher says none. */
    public static final String UNKNOWN_TYPE = "application/octet-stream";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    /** Larger uploads first ask whether the server wants them (RFC 9110 section 10.1.1). */
    private static final long ASK_FIRST_BYTES = 1 << 20;

    private static final int PAGE = 500;
    private static final int COPY_BYTES = 1 << 16;
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final URI base;
    private final HttpClient http;

    /** @param base where the admin API answers, such as {@code http://localhost:8080} */
    public TftpdcClient(URI base) {
        String text = base.toString();
        this.base = text.endsWith("/") ? base : URI.create(text + "/");
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /**
     * What to publish a file as.
     *
     * @param contentType media type, or empty when unknown
     * @param labels names become lower case on the way
     * @param sites whose variant it is; none for the file that all sites have
     */
    public record Publication(
            String tenant, String path, String contentType, Map<String, String> labels, List<String> sites) {
        public Publication {
            labels = Map.copyOf(labels);
            sites = List.copyOf(sites);
        }

        /** For all sites. */
        public Publication(String tenant, String path, String contentType, Map<String, String> labels) {
            this(tenant, path, contentType, labels, List.of());
        }
    }

    /**
     * Publishes a file. It is read twice: its SHA-256 goes ahead, so that the server refuses bytes that changed on the
     * way.
     *
     * @param progress gets the bytes sent so far, now and then, on a thread of the HTTP client
     */
    public PublishReceipt publish(Path file, Publication as, LongConsumer progress) throws IOException {
        Sha256 hash = hashOf(file);
        HttpRequest.Builder request = HttpRequest.newBuilder(fileUri(as.tenant(), as.path(), siteQuery(as.sites())))
                .header("Content-Type", as.contentType().isEmpty() ? UNKNOWN_TYPE : as.contentType())
                .header("X-Content-SHA256", hash.hex())
                .expectContinue(Files.size(file) > ASK_FIRST_BYTES)
                .PUT(new CountingPublisher(HttpRequest.BodyPublishers.ofFile(file), progress));
        as.labels().forEach((name, value) -> request.header("X-Label-" + name, encode(value)));
        return json(send(request, 200, 201, 202), PublishReceipt.class);
    }

    /**
     * Publishes an object where it lies. The server reads it, once, with the rights that it has there, which takes as long
     * as that takes.
     *
     * @param location such as {@code s3://bucket/key} or {@code https://host/path}
     */
    public PublishReceipt publishFrom(String location, Publication as) throws IOException {
        String sites = siteQuery(as.sites());
        String query = (sites.isEmpty() ? "?" : sites + "&") + "from=" + encode(location);
        HttpRequest.Builder request = HttpRequest.newBuilder(fileUri(as.tenant(), as.path(), query))
                .header("Content-Type", as.contentType().isEmpty() ? UNKNOWN_TYPE : as.contentType())
                .PUT(HttpRequest.BodyPublishers.noBody());
        as.labels().forEach((name, value) -> request.header("X-Label-" + name, encode(value)));
        return json(send(request, 200, 201, 202), PublishReceipt.class);
    }

    /** What is served now of a file. */
    public FileInfo info(String tenant, String path) throws IOException {
        return get(fileUri(tenant, path, "?metadata"), FileInfo.class);
    }

    /** What happened to a file, the latest first. */
    public FileHistory history(String tenant, String path) throws IOException {
        return get(fileUri(tenant, path, "?history"), FileHistory.class);
    }

    /**
     * Writes a file's content and checks its SHA-256.
     *
     * @param progress gets the bytes written so far
     * @return bytes written
     */
    public long get(String tenant, String path, OutputStream to, LongConsumer progress) throws IOException {
        HttpResponse<InputStream> response =
                exchange(HttpRequest.newBuilder(fileUri(tenant, path, "")), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw refusal(response.statusCode(), body.readAllBytes());
            }
            MessageDigest digest = Sha256.digester();
            byte[] buffer = new byte[COPY_BYTES];
            long size = 0;
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                digest.update(buffer, 0, count);
                to.write(buffer, 0, count);
                size += count;
                progress.accept(size);
            }
            String found = Sha256.ofDigest(digest.digest()).hex();
            String expected = response.headers().firstValue("X-Content-SHA256").orElse(found);
            if (!found.equals(expected)) {
                throw new TftpdcException(
                        response.statusCode(),
                        tenant + "/" + path + " arrived with SHA-256 " + found + "; expected " + expected
                                + ". Fetch it again");
            }
            return size;
        }
    }

    public void remove(String tenant, String path) throws IOException {
        remove(tenant, path, List.of());
    }

    /** @param sites whose variants go; without any, the file that all sites have */
    public void remove(String tenant, String path, List<String> sites) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(fileUri(tenant, path, siteQuery(sites)));
        send(request.DELETE().timeout(ANSWER_TIMEOUT), 202, 204);
    }

    /**
     * One page of a tenant's files.
     *
     * @param after path to go on after, or empty to begin
     */
    public FilePage page(String tenant, String prefix, String after, int limit) throws IOException {
        return get(
                uri("tenants/" + encode(tenant) + "/files?prefix=" + encode(prefix) + "&after=" + encode(after)
                        + "&limit=" + limit),
                FilePage.class);
    }

    /** All files of a tenant whose path begins so; pages are fetched as the stream is consumed. */
    public Stream<FileInfo> files(String tenant, String prefix) throws IOException {
        FilePage first = page(tenant, prefix, "", PAGE);
        Stream<FilePage> pages = Stream.iterate(first, page -> !page.files().isEmpty(), page -> {
            try {
                return page.next().isEmpty() ? new FilePage(List.of(), "") : page(tenant, prefix, page.next(), PAGE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return pages.flatMap(page -> page.files().stream());
    }

    public List<TenantInfo> tenants() throws IOException {
        return get(uri("tenants"), Tenants.class).tenants();
    }

    /**
     * Where a client is sent.
     *
     * @param address of the client, IPv4 or IPv6
     */
    public PlacedClient placement(String address) throws IOException {
        return get(uri("placement?client=" + encode(address)), PlacedClient.class);
    }

    /** Creates the tenant, or changes its description. */
    public TenantInfo createTenant(String tenant, String description) throws IOException {
        byte[] body = JSON.writeValueAsBytes(Map.of("description", description));
        return json(
                send(
                        HttpRequest.newBuilder(uri("tenants/" + encode(tenant)))
                                .header("Content-Type", "application/json")
                                .timeout(ANSWER_TIMEOUT)
                                .PUT(HttpRequest.BodyPublishers.ofByteArray(body)),
                        200,
                        201),
                TenantInfo.class);
    }

    /**
     * Which sites and nodes agree.
     *
     * @param tenant whose files alone; all when empty
     * @param paths whether to name the files that differ; needs a tenant
     */
    public ConvergenceReport convergence(String tenant, boolean paths) throws IOException {
        return get(uri("convergence?tenant=" + encode(tenant) + "&paths=" + paths), ConvergenceReport.class);
    }

    /** All nodes that were heard of. */
    public List<NodeInfo> nodes() throws IOException {
        return nodesAndSettings().nodes();
    }

    /** All nodes that were heard of, and the digest of the settings that the asked site knows. */
    public Nodes nodesAndSettings() throws IOException {
        return get(uri("nodes"), Nodes.class);
    }

    /**
     * What is set at run time.
     *
     * @param scope only for this one; all when empty
     */
    public SettingsPage settings(String scope) throws IOException {
        return get(uri(scope.isEmpty() ? "config" : "config?scope=" + encode(scope)), SettingsPage.class);
    }

    /** What can be set. */
    public List<SettingsPage.KnownSetting> knownSettings() throws IOException {
        return get(uri("config/known"), SettingsPage.Known.class).settings();
    }

    /** The latest changes of a setting in a scope, the one that counts first. */
    public List<SettingInfo> settingHistory(String name, String scope) throws IOException {
        return get(settingUri(name, scope), SettingsPage.History.class).changes();
    }

    /** @param value as JSON */
    public SettingInfo set(String name, String scope, String value) throws IOException {
        return json(
                send(
                        HttpRequest.newBuilder(settingUri(name, scope))
                                .header("Content-Type", "application/json")
                                .timeout(ANSWER_TIMEOUT)
                                .PUT(HttpRequest.BodyPublishers.ofString(value)),
                        200),
                SettingInfo.class);
    }

    /** Less specific scopes, and what each node's file says, decide again. */
    public SettingInfo unset(String name, String scope) throws IOException {
        return json(
                send(
                        HttpRequest.newBuilder(settingUri(name, scope))
                                .timeout(ANSWER_TIMEOUT)
                                .DELETE(),
                        200),
                SettingInfo.class);
    }

    private URI settingUri(String name, String scope) {
        return uri("config/" + encode(name) + "?scope=" + encode(scope));
    }

    /** Says that a site was removed for good: nobody waits for it until it says something again. */
    public ForgottenSite forgetSite(String site) throws IOException {
        return json(
                send(
                        HttpRequest.newBuilder(uri("sites/" + encode(site)))
                                .timeout(ANSWER_TIMEOUT)
                                .DELETE(),
                        200),
                ForgottenSite.class);
    }

    /** One page of a tenant's conflicts. */
    public ConflictPage conflicts(String tenant, String prefix, String after, int limit) throws IOException {
        return get(
                uri("conflicts?tenant=" + encode(tenant) + "&prefix=" + encode(prefix) + "&after=" + encode(after)
                        + "&limit=" + limit),
                ConflictPage.class);
    }

    /**
     * Makes a revision that lost the newest of its file.
     *
     * @param revision which; the latest loser when empty
     */
    public Restored restore(String tenant, String path, String revision) throws IOException {
        byte[] body = JSON.writeValueAsBytes(Map.of("tenant", tenant, "path", path, "revision", revision));
        return json(
                send(
                        HttpRequest.newBuilder(uri("conflicts/restore"))
                                .header("Content-Type", "application/json")
                                .timeout(ANSWER_TIMEOUT)
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
                        200,
                        202),
                Restored.class);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** The answer of {@code GET /api/v1/tenants}. */
    public record Tenants(List<TenantInfo> tenants) {}

    /**
     * The answer of {@code DELETE /api/v1/sites/NAME}.
     *
     * @param until what the site said up to then, by its own clock, no longer counts
     */
    public record ForgottenSite(String site, String until) {}

    /**
     * The answer of {@code GET /api/v1/nodes}.
     *
     * @param configuration digest of the settings that the asked site knows; empty when it knows of no settings
     */
    public record Nodes(List<NodeInfo> nodes, String configuration) {
        /** An admin API from before there were settings says nothing of them. */
        public Nodes {
            configuration = Objects.requireNonNullElse(configuration, "");
        }
    }

    /**
     * The answer of {@code POST /api/v1/conflicts/restore}.
     *
     * @param revision that was restored
     * @param kind {@code published} or {@code removed}
     * @param stamp of the new event
     * @param shown whether the index shows it already
     */
    public record Restored(String tenant, String path, String revision, String kind, String stamp, boolean shown) {}

    private URI uri(String belowApi) {
        return base.resolve("api/v1/" + belowApi);
    }

    private static String siteQuery(List<String> sites) {
        return sites.isEmpty()
                ? ""
                : sites.stream().map(site -> "site=" + encode(site)).collect(Collectors.joining("&", "?", ""));
    }

    private URI fileUri(String tenant, String written, String query) throws TftpdcException {
        String path =
                switch (FilePath.parse(written)) {
                    case FilePath.Parsed.Valid valid -> valid.path().value();
                    case FilePath.Parsed.Invalid invalid -> throw new TftpdcException(400, invalid.reason());
                };
        StringBuilder text = new StringBuilder("tenants/" + encode(tenant) + "/files");
        for (String segment : path.split("/", -1)) {
            text.append('/').append(encode(segment));
        }
        return uri(text + query);
    }

    private <T> T get(URI uri, Class<T> type) throws IOException {
        return json(send(HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT), 200), type);
    }

    private byte[] send(HttpRequest.Builder request, int... good) throws IOException {
        HttpResponse<byte[]> response = exchange(request, HttpResponse.BodyHandlers.ofByteArray());
        for (int status : good) {
            if (status == response.statusCode()) {
                return response.body();
            }
        }
        throw refusal(response.statusCode(), response.body());
    }

    private <T> HttpResponse<T> exchange(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        try {
            return http.send(request.build(), handler);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new TftpdcException(TftpdcException.UNREACHABLE, "cannot reach " + withoutSlash(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + withoutSlash());
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new TftpdcException(
                    TftpdcException.UNREACHABLE, "the connection to " + withoutSlash() + " broke: " + reason, e);
        }
    }

    private String withoutSlash() {
        String text = base.toString();
        return text.substring(0, text.length() - 1);
    }

    /** The server's own words, from problem+json (RFC 9457) or whatever else it sent. */
    private TftpdcException refusal(int status, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        try {
            JsonNode problem = JSON.readTree(text);
            String detail = problem.path("detail").asText("");
            String fix = problem.path("fix").asText("");
            if (!detail.isEmpty()) {
                return new TftpdcException(status, fix.isEmpty() ? detail : detail + ". " + fix);
            }
        } catch (JsonProcessingException e) {
            return notOurs(status, text);
        }
        return notOurs(status, text);
    }

    private TftpdcException notOurs(int status, String text) {
        String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text;
        return new TftpdcException(
                status,
                withoutSlash() + " answered " + status + (shown.isEmpty() ? "" : ": " + shown)
                        + ". Is this the admin API? Give its URL");
    }

    private <T> T json(byte[] body, Class<T> type) throws IOException {
        try {
            return JSON.readValue(body, type);
        } catch (JsonProcessingException e) {
            throw new TftpdcException(
                    200, withoutSlash() + " did not answer as the admin API does. Give its URL, or update tftpdc", e);
        }
    }

    private static Sha256 hashOf(Path file) throws IOException {
        MessageDigest digest = Sha256.digester();
        byte[] buffer = new byte[COPY_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return Sha256.ofDigest(digest.digest());
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
