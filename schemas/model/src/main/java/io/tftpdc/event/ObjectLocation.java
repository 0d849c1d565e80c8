package io.tftpdc.event;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the bytes of a content lie outside of Kafka: {@code s3://bucket/key}, {@code https://host/path}, or what else a
 * store's plugin knows. A name and never a credential: events are kept for ever and are read at every site.
 *
 * <p>Whatever an event says is taken as it is, so that programs of different ages make the same of it; the doors at which
 * files are published ask {@link #problem} first, and so does whoever is about to read from there.
 *
 * @param uri as it was published; the key of {@code s3:} is written out, not percent-encoded
 */
public record ObjectLocation(String uri) {
    /** Characters. An index entry holds up to 16 of them. */
    public static final int MAX_LENGTH = 2048;

    private static final Pattern ORIGIN = Pattern.compile("([a-z][a-z0-9+.-]{0,31}://)(?:[^/?#]*@)?([^/?#@]++)(?!@)");

    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]{0,31}");

    /** What makes an address a credential: signatures of the large stores, and tokens by their usual names. */
    private static final Set<String> SECRETS = Set.of(
            "x-amz-signature",
            "x-amz-credential",
            "x-amz-security-token",
            "x-goog-signature",
            "x-goog-credential",
            "awsaccesskeyid",
            "signature",
            "sig",
            "token",
            "access_token",
            "api_key",
            "apikey",
            "password");

    public ObjectLocation {
        if (uri.isEmpty()) {
            throw new IllegalArgumentException("a location is empty; expected one such as s3://bucket/key");
        }
    }

    /** What keeps a text from being published as a location, and what to do; empty when all is well. */
    public static Optional<String> problem(String text) {
        int colon = text.indexOf("://");
        if (colon < 0
                || !SCHEME.matcher(text.substring(0, colon)).matches()
                || text.length() > MAX_LENGTH
                || text.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("location is '" + brief(text) + "', " + text.length()
                    + " characters; expected up to " + MAX_LENGTH
                    + " printable ones such as s3://bucket/key or https://host/path");
        }
        String rest = text.substring(colon + 3);
        int slash = rest.indexOf('/');
        if (slash < 1 || slash == rest.length() - 1) {
            return Optional.of("location '" + brief(text) + "' names no object; expected one such as"
                    + " s3://bucket/key or https://host/path");
        }
        if (rest.substring(0, slash).indexOf('@') >= 0) {
            return Optional.of("location has a user or password in front of its host; events are kept for ever, so"
                    + " leave them out and configure them under object-stores where the file is read");
        }
        return secret(rest).or(() -> detour(text, rest));
    }

    private static Optional<String> secret(String rest) {
        int query = rest.indexOf('?');
        if (query < 0) {
            return Optional.empty();
        }
        for (String parameter : rest.substring(query + 1).split("[&;]", -1)) {
            String name = parameter.split("=", 2)[0].toLowerCase(Locale.ROOT);
            if (SECRETS.contains(name)) {
                return Optional.of("location has the parameter " + name + ", which lets whoever reads it read the"
                        + " object; events are kept for ever, so publish the address without it and configure it"
                        + " under object-stores (query) where the file is read");
            }
        }
        return Optional.empty();
    }

    /**
     * Dots and fragments would let one address stand below a prefix and mean another place. There are servers that decode
     * a separator first, or leave out what follows a {@code ;} in a segment.
     */
    private static Optional<String> detour(String text, String rest) {
        String path = rest.split("\\?", 2)[0].toLowerCase(Locale.ROOT).replace("%2e", ".");
        boolean dots = Stream.of(path.split("[/\\\\]|%2f|%5c", -1))
                .map(segment -> segment.split(";|%3b", 2)[0])
                .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
        return dots || rest.indexOf('#') >= 0
                ? Optional.of(
                        "location '" + brief(text) + "' has a segment . or .., or a #; expected the object's own name")
                : Optional.empty();
    }

    /**
     * Scheme and host, or bucket, for people and programs who need no more: what comes after may be long, and may hold what
     * is meant to be secret. At most 120 characters.
     */
    public String origin() {
        Matcher matcher = ORIGIN.matcher(uri);
        return matcher.lookingAt() ? brief(matcher.group(1) + matcher.group(2)) : "a place that is no address";
    }

    private static String brief(String text) {
        StringBuilder printable = new StringBuilder();
        text.chars().limit(120).forEach(c -> printable.append(c < 0x20 || c > 0x7e ? '?' : (char) c));
        return printable.toString();
    }

    @Override
    public String toString() {
        return uri;
    }
}
