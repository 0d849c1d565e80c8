package io.tftpdc.edge.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Compiles an extended regular expression as egrep and in.tftpd know it (POSIX 1003.2, with the {@code \w}, {@code \s}
 * and {@code \b} of GNU) to RE2, which takes time linear in the length of a name, whatever the name: the JDK's own
 * expressions can take exponential time, and names come from strangers.
 *
 * <p>Where the two read the same text differently, the text is translated; where RE2 cannot do it (back-references),
 * or the text says one thing to one reader and another thing to the other, it is refused with what to write instead.
 */
final class PosixRegex {
    private static final String GNU_ESCAPES = "wWsSbB";

    private final String text;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private boolean afterQuantifier;

    private PosixRegex(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException saying what is wrong and what to write instead */
    static Pattern compile(String text, boolean ignoreCase) {
        int flags = Pattern.DOTALL | Pattern.LONGEST_MATCH | (ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
        try {
            return Pattern.compile(new PosixRegex(text).translated(), flags);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "the expression '" + text + "' is wrong: " + e.getDescription() + " at '" + e.getPattern() + "'");
        }
    }

    private String translated() {
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean quantifier = false;
            switch (c) {
                case '\\' -> escape();
                case '[' -> bracket();
                case '*', '+', '?' -> {
                    quantifier();
                    out.append(c);
                    at++;
                    quantifier = true;
                }
                case '{' -> quantifier = braces();
                default -> {
                    out.append(c);
                    at++;
                }
            }
            afterQuantifier = quantifier;
        }
        return out.toString();
    }

    private void quantifier() {
        if (afterQuantifier) {
            throw wrong("has two quantifiers in a row, which egrep and RE2 read differently; write (...) around the"
                    + " first one and what it repeats");
        }
        if (at > 0 && text.charAt(at - 1) == '(' && (at < 2 || text.charAt(at - 2) != '\\')) {
            throw wrong("has a quantifier behind '(', where there is nothing to repeat");
        }
    }

    private void escape() {
        if (at + 1 == text.length()) {
            throw wrong("ends with a backslash; write \\\\ for a backslash");
        }
        char c = text.charAt(at + 1);
        at += 2;
        if (GNU_ESCAPES.indexOf(c) >= 0) {
            out.append('\\').append(c);
        } else if (c >= '1' && c <= '9') {
            throw wrong("refers back with \\" + c + ", which needs time that grows without bound; write the text out");
        } else if (c == '<' || c == '>') {
            throw wrong("has \\" + c + "; write \\b for the border of a word");
        } else if (c == '`' || c == '\'') {
            throw wrong("has \\" + c + "; write ^ for the start and $ for the end");
        } else if (isAsciiLetterOrDigit(c)) {
            throw wrong("has \\" + c + ", which is just '" + c + "' to in.tftpd; write " + c + ", or a class such as"
                    + " [[:digit:]] or [[:alpha:]]");
        } else {
            literal(c);
        }
    }

    /** An interval such as <code>{2,5}</code>; other braces mean themselves. */
    private boolean braces() {
        int end = text.indexOf('}', at);
        String inside = end < 0 ? "" : text.substring(at + 1, end);
        if (!inside.matches("[0-9]+(,[0-9]*)?|,[0-9]+")) {
            literal('{');
            at++;
            return false;
        }
        quantifier();
        out.append('{').append(inside.startsWith(",") ? "0" : "").append(inside).append('}');
        at = end + 1;
        return true;
    }

    /** A bracket expression, in which a backslash is a character like any other. */
    private void bracket() {
        int start = at++;
        out.append('[');
        if (at < text.length() && text.charAt(at) == '^') {
            out.append('^');
            at++;
        }
        boolean first = true;
        while (at < text.length() && (first || text.charAt(at) != ']')) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
            if (c == '[' && (next == ':' || next == '.' || next == '=')) {
                named(start, next);
            } else {
                if ("[]\\^&~".indexOf(c) >= 0) {
                    out.append('\\');
                }
                out.append(c);
                at++;
            }
            first = false;
        }
        if (at == text.length()) {
            throw wrong("opens a [ at position " + start + " that is not closed; write \\[ for the character");
        }
        out.append(']');
        at++;
    }

    /** <code>[:alpha:]</code>, <code>[=e=]</code> or <code>[.-.]</code> within brackets. */
    private void named(int start, char kind) {
        int end = text.indexOf(kind + "]", at + 2);
        if (end < 0) {
            throw wrong("opens [" + kind + " at position " + start + " without " + kind + "] behind it");
        }
        String name = text.substring(at + 2, end);
        if (kind == ':') {
            out.append("[:").append(name).append(":]");
        } else if (name.codePointCount(0, name.length()) == 1) {
            literal(name.charAt(0));
        } else {
            throw wrong("has the collating element [" + kind + name + kind + "]; write its characters");
        }
        at = end + 2;
    }

    private void literal(char c) {
        if (c < 0x80 && !isAsciiLetterOrDigit(c)) {
            out.append('\\');
        }
        out.append(c);
    }

    private static boolean isAsciiLetterOrDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("the expression '" + text + "' " + what);
    }
}
