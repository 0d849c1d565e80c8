package io.tftpdc.objects;

import java.net.http.HttpHeaders;
import java.util.Optional;

/**
 * What binds several requests to one version of an object (RFC 9110 section 8.8): its ETag, if that is a strong one, or
 * else its Last-Modified. A weak ETag does not promise the same bytes, and If-Match never matches one (section 13.1.1).
 * Last-Modified is as good as seconds are: two versions of one second look the same.
 *
 * @param value as the header has it; an ETag begins with a quotation mark and a date does not
 */
record Validator(String value) {

    /** Empty when the object has none. */
    static Optional<Validator> in(HttpHeaders headers) {
        return headers.firstValue("ETag")
                .filter(Validator::isStrongTag)
                .or(() -> headers.firstValue("Last-Modified"))
                .map(Validator::new);
    }

    private static boolean isStrongTag(String value) {
        return value.startsWith("\"");
    }

    /** The header that asks for this version and no other. */
    String condition() {
        return isStrongTag(value) ? "If-Match" : "If-Unmodified-Since";
    }

    /**
     * Whether an answer says that it is of another version: there are servers that do not look at the condition, and to
     * those that do a file with an older date is unmodified.
     */
    boolean isContradictedBy(HttpHeaders answer) {
        return answer.firstValue(isStrongTag(value) ? "ETag" : "Last-Modified")
                .filter(now -> !now.equals(value))
                .isPresent();
    }
}
