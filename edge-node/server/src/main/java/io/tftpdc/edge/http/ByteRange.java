package io.tftpdc.edge.http;

import org.jspecify.annotations.Nullable;

/**
 * Which bytes a request wants (RFC 9110 section 14). Several ranges at once, other units and what cannot be read are
 * answered with everything, as that section allows.
 */
sealed interface ByteRange {

    /** Everything. */
    record Whole() implements ByteRange {}

    /** @param last the last byte, included */
    record Part(long first, long last) implements ByteRange {
        long length() {
            return last - first + 1;
        }
    }

    /** Nothing that the content has: status 416. */
    record Unsatisfiable() implements ByteRange {}

    /**
     * Reads a Range header.
     *
     * @param header null when the request has none
     * @param size of the content in bytes
     */
    static ByteRange parse(@Nullable String header, long size) {
        String unit = "bytes=";
        if (header == null || !header.regionMatches(true, 0, unit, 0, unit.length()) || header.indexOf(',') >= 0) {
            return new Whole();
        }
        String spec = header.substring(unit.length()).strip();
        int dash = spec.indexOf('-');
        if (dash < 0) {
            return new Whole();
        }
        long first = number(spec.substring(0, dash));
        long last = number(spec.substring(dash + 1));
        if (dash == 0) {
            return last < 0 ? new Whole() : suffix(last, size);
        }
        boolean open = dash == spec.length() - 1;
        if (first < 0 || !open && last < first) {
            return new Whole();
        }
        return first >= size ? new Unsatisfiable() : new Part(first, open ? size - 1 : Math.min(last, size - 1));
    }

    private static ByteRange suffix(long length, long size) {
        return length == 0 || size == 0 ? new Unsatisfiable() : new Part(Math.max(0, size - length), size - 1);
    }

    /** A number of digits only, up to 18 of them; -1 for anything else. */
    private static long number(String digits) {
        boolean good =
                !digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return good ? Long.parseLong(digits) : -1;
    }
}
