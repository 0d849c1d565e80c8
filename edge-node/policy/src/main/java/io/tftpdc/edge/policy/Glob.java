package io.tftpdc.edge.policy;

import java.util.regex.Pattern;

/**
 * A pattern of paths: {@code *} is anything within a segment, {@code **} anything at all, {@code ?} one character within
 * a segment; everything else means itself. {@code boot/**} is all below {@code boot}, {@code **}{@code /*.efi} every EFI
 * program in a folder.
 */
public record Glob(String pattern) {
    public Glob {
        if (pattern.isEmpty()) {
            throw new IllegalArgumentException("path pattern is empty; expected for example boot/** or **/*.efi");
        }
    }

    public boolean matches(String path) {
        return compiled().matcher(path).matches();
    }

    /** For whoever matches often. */
    public Pattern compiled() {
        return Pattern.compile(regex());
    }

    /** The pattern as a regular expression, for the JDK's and for RE2's engine. */
    public String regex() {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i += Character.charCount(pattern.codePointAt(i))) {
            int c = pattern.codePointAt(i);
            if (c == '*' && i + 1 < pattern.length() && pattern.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(Character.toString(c)));
            }
        }
        return regex.toString();
    }
}
