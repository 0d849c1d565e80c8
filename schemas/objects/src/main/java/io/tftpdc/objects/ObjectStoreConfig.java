package io.tftpdc.objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.Defaults;
import io.tftpdc.runtime.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A store that objects may be read from; from nowhere else are any read, whatever an event says.
 *
 * @param name for messages, logs and meters
 * @param url what the locations of its objects begin with, up to a slash: {@code s3://firmware/} or
 *     {@code https://images.example.com/x200/}; of several that fit, the longest
 * @param type {@code http}, {@code s3}, or that of a plugin; without it, what the URL begins with
 * @param tenants whose files may be published from there through this process; without any, all
 * @param connections that read side by side; 4 unless told
 * @param timeout for one read of up to 4 MiB; 10s unless told
 * @param accessKey of an access key, for s3; without it, where AWS's tools look: environment, profile, instance
 * @param secretKey of an access key
 * @param sessionToken of a temporary access key
 * @param anonymous to sign nothing, for public buckets
 * @param region of the bucket, for s3
 * @param endpoint of a store that speaks S3's language, such as {@code https://minio.example.com:9000}; without it, AWS
 * @param pathStyle whether the bucket is in the path rather than in the host's name; true unless told where there is an
 *     endpoint
 * @param query appended to every address, for http: a shared access signature
 * @param headers sent with every request, for http, such as {@code Authorization}
 */
public record ObjectStoreConfig(
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) String url,
        String type,
        List<String> tenants,
        Integer connections,
        Duration timeout,
        Optional<Secret> accessKey,
        Optional<Secret> secretKey,
        Optional<Secret> sessionToken,
        Boolean anonymous,
        Optional<String> region,
        Optional<URI> endpoint,
        Boolean pathStyle,
        Optional<Secret> query,
        Map<String, Secret> headers) {
    private static final int MAX_CONNECTIONS = 64;

    /** Keys that mean the same for every store. */
    static final List<String> GENERAL_OPTIONS = List.of("name", "url", "type", "tenants", "connections", "timeout");

    /** Keys that only stores of some types look at. */
    public static final Set<String> OPTIONS = Set.of(
            "access-key",
            "secret-key",
            "session-token",
            "anonymous",
            "region",
            "endpoint",
            "path-style",
            "query",
            "headers");

    public ObjectStoreConfig {
        tenants = List.copyOf(Defaults.or(tenants, List.of()));
        connections = Defaults.or(connections, 4);
        timeout = Defaults.or(timeout, Duration.ofSeconds(10));
        accessKey = Defaults.or(accessKey, Optional.empty());
        secretKey = Defaults.or(secretKey, Optional.empty());
        sessionToken = Defaults.or(sessionToken, Optional.empty());
        anonymous = Defaults.or(anonymous, false);
        region = Defaults.or(region, Optional.empty());
        endpoint = Defaults.or(endpoint, Optional.empty());
        pathStyle = Defaults.or(pathStyle, endpoint.isPresent());
        query = Defaults.or(query, Optional.empty());
        headers = Map.copyOf(Defaults.or(headers, Map.of()));
        tenants.forEach(Tenant::new);
        require(
                connections >= 1 && connections <= MAX_CONNECTIONS,
                "`connections` is " + connections + "; expected 1 to " + MAX_CONNECTIONS);
        require(timeout.toMillis() >= 100, "`timeout` is " + timeout + "; expected at least 100ms, such as 10s");
        require(
                accessKey.isPresent() == secretKey.isPresent(),
                "`access-key` and `secret-key` belong together; give both or neither");
        require(
                accessKey.isPresent() || sessionToken.isEmpty(),
                "`session-token` belongs to an `access-key` and a `secret-key`; give all three");
        require(
                accessKey.isEmpty() || !anonymous,
                "`anonymous` is true and there is an `access-key`; give one of them");
        if (name != null) {
            require(
                    name.matches("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?"),
                    "`name` is '" + name + "'; expected 1 to 32 of a-z, 0-9 and '-', not starting or ending with '-'");
        }
        if (url != null) {
            require(
                    url.matches("[a-z][a-z0-9+.-]*://[^/?#@]+/([^?#]*/)?"),
                    "`url` is '" + url
                            + "'; expected what locations begin with up to a slash, such as s3://firmware/ or"
                            + " https://images.example.com/x200/, and no user, query or #");
            type = Defaults.or(type, url.startsWith("https:") ? "http" : url.substring(0, url.indexOf(':')));
        }
    }

    /** A store of which nothing but this is said. */
    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    public static ObjectStoreConfig of(String name, String url) {
        return new ObjectStoreConfig(
                name, url, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** Those of {@link #OPTIONS} that are given, and say something else than what holds without them. */
    Set<String> options() {
        Set<String> given = new TreeSet<>();
        Map.of(
                        "access-key", accessKey.isPresent(),
                        "secret-key", secretKey.isPresent(),
                        "session-token", sessionToken.isPresent(),
                        "anonymous", anonymous,
                        "region", region.isPresent(),
                        "endpoint", endpoint.isPresent(),
                        "path-style", pathStyle != endpoint.isPresent(),
                        "query", query.isPresent(),
                        "headers", !headers.isEmpty())
                .forEach((name, isGiven) -> {
                    if (isGiven) {
                        given.add(name);
                    }
                });
        return given;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
