package io.tftpdc.admin.files;

import io.tftpdc.admin.http.Problem;
import io.tftpdc.admin.http.ProblemException;
import io.tftpdc.event.Sha256;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the header of an upload says of its body.
 *
 * @param contentType media type, or empty when unknown
 * @param labels from {@code X-Label-<name>}, with names in lower case because HTTP does not tell cases apart
 * @param expectedHash from {@code X-Content-SHA256} or the digest fields of RFC 9530
 * @param expectedSize from {@code Content-Length}
 */
record PublishHeaders(
        String contentType, Map<String, String> labels, Optional<Sha256> expectedHash, OptionalLong expectedSize) {

    /** In front of a label's name. */
    static final String LABEL_PREFIX = "x-label-";

    static final String HASH = "X-Content-SHA256";

    private static final Pattern SHA_256_MEMBER = Pattern.compile("(?:^|,)\\s*sha-256=:([A-Za-z0-9+/=]*):");

    /**
     * @param headers names in any case
     * @throws ProblemException when they contradict each other or cannot be read
     */
    static PublishHeaders parse(Map<String, List<String>> headers) {
        Map<String, String> byName = new HashMap<>();
        headers.forEach((name, values) -> byName.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        String encoding = byName.getOrDefault("content-encoding", "identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw Problem.of(
                            415,
                            "content-encoding",
                            "The body is sent with Content-Encoding " + encoding + "; expected the file's own bytes",
                            "Send it without packing it on the way")
                    .asException();
        }
        return new PublishHeaders(contentType(byName), labels(byName), hash(byName), size(byName));
    }

    /** Of a request without a body, whose length is not the file's. */
    PublishHeaders ofAnObject() {
        return new PublishHeaders(contentType, labels, expectedHash, OptionalLong.empty());
    }

    private static String contentType(Map<String, String> headers) {
        String type = headers.getOrDefault("content-type", "");
        // What curl --data-binary says of anything.
        return type.startsWith("application/x-www-form-urlencoded") ? "" : type;
    }

    private static OptionalLong size(Map<String, String> headers) {
        String length = headers.getOrDefault("content-length", "");
        try {
            return length.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length));
        } catch (NumberFormatException e) {
            throw Problem.of(400, "malformed-length", "Content-Length is '" + length + "'; expected a number", "")
                    .asException();
        }
    }

    private static Map<String, String> labels(Map<String, String> headers) {
        Map<String, String> labels = new TreeMap<>();
        headers.forEach((name, value) -> {
            if (name.startsWith(LABEL_PREFIX) && name.length() > LABEL_PREFIX.length()) {
                labels.put(name.substring(LABEL_PREFIX.length()), decoded(name, value));
            }
        });
        return labels;
    }

    /** Values are percent-encoded UTF-8, because header fields carry no more than ASCII safely. */
    private static String decoded(String name, String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.of(
                            400,
                            "malformed-label",
                            "Header " + name + " is '" + value + "'; expected percent-encoded UTF-8",
                            "Write a percent sign as %25")
                    .asException();
        }
    }

    private static Optional<Sha256> hash(Map<String, String> headers) {
        Optional<Sha256> found = Optional.empty();
        for (String name : List.of("x-content-sha256", "repr-digest", "content-digest")) {
            Optional<Sha256> here = hash(name, headers.getOrDefault(name, ""));
            if (found.isPresent() && here.isPresent() && !found.equals(here)) {
                throw Problem.of(
                                400,
                                "digests-differ",
                                "The header gives two different SHA-256 digests, " + found.get() + " and " + here.get(),
                                "Give one of X-Content-SHA256, Repr-Digest and Content-Digest")
                        .asException();
            }
            found = here.isPresent() ? here : found;
        }
        return found;
    }

    private static Optional<Sha256> hash(String name, String value) {
        try {
            if (value.isEmpty()) {
                return Optional.empty();
            }
            if (name.equals("x-content-sha256")) {
                return Optional.of(Sha256.parse(value.strip()));
            }
            Matcher member = SHA_256_MEMBER.matcher(value);
            return member.find()
                    ? Optional.of(Sha256.ofDigest(Base64.getDecoder().decode(member.group(1))))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw Problem.of(
                            400,
                            "malformed-digest",
                            "Header " + name + " is '" + value + "': " + e.getMessage(),
                            "Send X-Content-SHA256 with the 64 hexadecimal digits that sha256sum prints")
                    .asException();
        }
    }
}
