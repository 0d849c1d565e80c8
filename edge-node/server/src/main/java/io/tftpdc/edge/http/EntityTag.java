package io.tftpdc.edge.http;

import java.util.List;

/** Comparing entity tags (RFC 9110 section 13.1.2). */
final class EntityTag {
    private EntityTag() {}

    /**
     * Whether If-None-Match names the tag.
     *
     * @param headers the lines of the header; none is no match
     * @param tag ours, quoted
     */
    static boolean matches(List<String> headers, String tag) {
        return headers.stream()
                .flatMap(line -> List.of(line.split(",")).stream())
                .map(String::strip)
                .map(listed -> listed.startsWith("W/") ? listed.substring(2) : listed)
                .anyMatch(listed -> listed.equals("*") || listed.equals(tag));
    }
}
