package io.tftpdc.admin.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What part of a content a request wants (RFC 9110 section 14.2). */
sealed interface ByteRange {
    Pattern ONE_RANGE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** All of it: none was asked for, or something that may be ignored, such as several ranges at once. */
    record Whole() implements ByteRange {}

    /**
     * @param offset of the first byte
     * @param length in bytes, at least 1
     */
    record Part(long offset, long length) implements ByteRange {
        String contentRange(long size) {
            return "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
        }
    }

    /** A range that lies beyond the end. */
    record Unsatisfiable() implements ByteRange {}

    /** @param size of the content in bytes */
    static ByteRange parse(@Nullable String header, long size) {
        Matcher range = ONE_RANGE.matcher(header == null ? "" : header);
        if (!range.matches()) {
            return new Whole();
        }
        String first = range.group(1);
        String last = range.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? new Whole() : suffix(Long.parseLong(last), size);
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        if (!last.isEmpty() && Long.parseLong(last) < from) {
            return new Whole();
        }
        return from >= size ? new Unsatisfiable() : new Part(from, to - from + 1);
    }

    private static ByteRange suffix(long length, long size) {
        long count = Math.min(length, size);
        return count == 0 ? new Unsatisfiable() : new Part(size - count, count);
    }
}
