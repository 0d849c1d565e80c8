package io.tftpdc.objects;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.ObjectStoreException.Kind;
import io.tftpdc.runtime.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Any web server, or object store by its HTTP addresses, that answers ranges (RFC 9110 section 14). Redirects are not
 * followed: they would lead to where nobody has allowed reading, headers and all.
 */
final class HttpObjectStore implements ObjectStore {
    static final String TYPE = "http";

    /** What it looks at besides what every store has. */
    static final Set<String> OPTIONS = Set.of("query", "headers");

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes (?:([0-9]{1,18})-([0-9]{1,18})|\\*)/([0-9]{1,18})");

    private final ObjectStoreConfig config;
    private final HttpClient http;

    HttpObjectStore(ObjectStoreConfig config) {
        if (!config.url().startsWith("http://") && !config.url().startsWith("https://")) {
            throw new IllegalArgumentException(
                    "`url` is " + config.url() + "; expected one of http or https, or another `type`");
        }
        config.headers().forEach((name, value) -> requireSendable(config.url(), name, value));
        this.config = config;
        Duration connect = config.timeout().compareTo(CONNECT) < 0 ? config.timeout() : CONNECT;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connect)
                .build();
    }

    /** The message names no value: it may be a secret. */
    private static void requireSendable(String url, String name, Secret value) {
        try {
            HttpRequest.newBuilder(URI.create(url)).header(name, value.reveal());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "`headers` has " + name
                            + ", which cannot be sent so; expected a header that a client may set, with a value of ASCII characters");
        }
    }

    /** Asks for the first byte, since not every server, and no signed address, answers HEAD. */
    @Override
    public ObjectInfo describe(ObjectLocation object) throws ObjectStoreException {
        HttpResponse<byte[]> response = send(object, request(object, 0, 1), 1);
        Matcher range = CONTENT_RANGE.matcher(
                response.headers().firstValue("Content-Range").orElse(""));
        boolean empty = response.statusCode() == 416;
        if ((response.statusCode() != 206 && !empty) || !range.matches()) {
            throw failure(object, response.statusCode());
        }
        long size = Long.parseLong(range.group(3));
        if (empty && size != 0) {
            throw failure(object, 416);
        }
        Optional<Validator> validator = Validator.in(response.headers());
        return new ObjectInfo(object, size, validator.map(Validator::value));
    }

    @Override
    public byte[] read(ObjectLocation object, long offset, int length, Optional<String> unchanged)
            throws ObjectStoreException {
        HttpRequest.Builder request = request(object, offset, length);
        Optional<Validator> validator = unchanged.map(Validator::new);
        validator.ifPresent(one -> request.header(one.condition(), one.value()));
        HttpResponse<byte[]> response = send(object, request, length);
        Matcher range = CONTENT_RANGE.matcher(
                response.headers().firstValue("Content-Range").orElse(""));
        if (response.statusCode() != 206
                || !range.matches()
                || range.group(1) == null
                || Long.parseLong(range.group(1)) != offset) {
            throw failure(object, response.statusCode());
        }
        if (validator.isPresent() && validator.get().isContradictedBy(response.headers())) {
            throw failure(object, 412);
        }
        long end = Long.parseLong(range.group(2));
        if (end != offset + length - 1) {
            throw new ObjectStoreException(
                    Kind.CHANGED,
                    config.name(),
                    object,
                    206,
                    "it ends at byte " + range.group(3) + ", before the " + length + " bytes from " + offset
                            + " on that were published; publish the file again");
        }
        if (response.body().length != length) {
            throw new ObjectStoreException(
                    Kind.UNAVAILABLE,
                    config.name(),
                    object,
                    206,
                    "the answer broke off after " + response.body().length + " of " + length + " bytes");
        }
        return response.body();
    }

    private HttpRequest.Builder request(ObjectLocation object, long offset, int length) throws ObjectStoreException {
        String secret = config.query().map(Secret::reveal).orElse("");
        String joint = secret.isEmpty() ? "" : object.uri().indexOf('?') < 0 ? "?" : "&";
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(object.uri() + joint + secret));
        } catch (IllegalArgumentException e) {
            throw new ObjectStoreException(
                    Kind.UNSUPPORTED,
                    config.name(),
                    object,
                    0,
                    "this is no address of HTTP; expected one with its special characters percent-encoded");
        }
        config.headers().forEach((name, value) -> request.header(name, value.reveal()));
        return request.header("Range", "bytes=" + offset + "-" + (offset + length - 1));
    }

    private HttpResponse<byte[]> send(ObjectLocation object, HttpRequest.Builder request, int length)
            throws ObjectStoreException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(
                request.timeout(config.timeout()).build(),
                head -> new BoundedBody(head.statusCode() == 206 ? length : 0));
        try {
            return answer.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw unavailable(
                    object, "no whole answer came within " + config.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof IOException io ? io : e;
            throw unavailable(object, "it cannot be asked: " + cause);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw unavailable(object, "interrupted while waiting for its answer");
        }
    }

    private ObjectStoreException unavailable(ObjectLocation object, String problem) {
        return new ObjectStoreException(
                Kind.UNAVAILABLE, config.name(), object, 0, problem + "; check that this node reaches the store");
    }

    private ObjectStoreException failure(ObjectLocation object, int status) {
        Kind kind = status == 200 || status == 206 ? Kind.UNSUPPORTED : ObjectStoreException.kindOf(status);
        String problem =
                switch (kind) {
                    case REFUSED -> "it is refused; check query and headers of the store, and what they allow";
                    case MISSING -> "it is not there; publish the file again from where it is now";
                    case CHANGED -> "it is not the object that was published any more; publish the file again";
                    case UNAVAILABLE -> "the store cannot answer now";
                    case UNSUPPORTED, UNCONFIGURED ->
                        status / 100 == 3
                                ? "it leads elsewhere; publish the address that it leads to"
                                : "it does not answer with the range that was asked for (RFC 9110 section 14); serve it"
                                        + " from something that does";
                };
        return new ObjectStoreException(kind, config.name(), object, status, problem);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
