package io.tftpdc.event;

import java.nio.charset.StandardCharsets;

/**
 * The name of a file within its tenant: segments joined by single slashes, without a slash in front or behind, such as
 * {@code boot/grub/grubx64.efi}.
 */
public record FilePath(String value) implements Comparable<FilePath> {

    /** Longest path in bytes of UTF-8. A TFTP request must fit into one 512-byte packet anyway (RFC 2347). */
    public static final int MAX_BYTES = 1024;

    public FilePath {
        String wrong = problem(value);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong);
        }
    }

    /** What {@link #parse} found. */
    public sealed interface Parsed {
        record Valid(FilePath path) implements Parsed {}

        /** @param reason what was found, what was expected and what to do, on one line */
        record Invalid(String reason) implements Parsed {}
    }

    /** Reads a path as a person writes it: slashes in front are dropped, all else must already be in order. */
    public static Parsed parse(String written) {
        int start = 0;
        while (start < written.length() && written.charAt(start) == '/') {
            start++;
        }
        String value = written.substring(start);
        String wrong = problem(value);
        return wrong.isEmpty() ? new Parsed.Valid(new FilePath(value)) : new Parsed.Invalid(wrong);
    }

    /** Empty when the value is a path; otherwise what is wrong with it. */
    private static String problem(String value) {
        if (value.isEmpty()) {
            return "path is empty; expected a name such as boot/pxelinux.0";
        }
        // A character takes up to three bytes, or two together four.
        if (value.length() > MAX_BYTES / 3) {
            int bytes = value.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_BYTES) {
                return "path is " + bytes + " bytes long; expected at most " + MAX_BYTES;
            }
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c) || c == '\\' || (Character.isSurrogate(c) && !pairedAt(value, i))) {
                return "path '" + printable(value) + "' has "
                        + (c == '\\' ? "a backslash" : String.format("the character U+%04X", (int) c)) + " at position "
                        + i + "; expected printable characters, and '/' between segments";
            }
        }
        int start = 0;
        while (start <= value.length()) {
            int slash = value.indexOf('/', start);
            int end = slash < 0 ? value.length() : slash;
            if (end == start) {
                return "path '" + printable(value) + "' has an empty segment; expected single slashes between names"
                        + " and none at the end";
            }
            if (value.charAt(start) == '.'
                    && (end - start == 1 || end - start == 2 && value.charAt(start + 1) == '.')) {
                return "path '" + printable(value) + "' has the segment '" + value.substring(start, end)
                        + "', which could leave the tenant; expected names only";
            }
            start = end + 1;
        }
        return "";
    }

    private static boolean pairedAt(String value, int i) {
        char c = value.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1));
        }
        return i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
    }

    private static String printable(String value) {
        StringBuilder text = new StringBuilder();
        value.chars()
                .limit(200)
                .forEach(c ->
                        text.append(Character.isISOControl(c) || Character.isSurrogate((char) c) ? '?' : (char) c));
        return text.toString();
    }

    @Override
    public int compareTo(FilePath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
