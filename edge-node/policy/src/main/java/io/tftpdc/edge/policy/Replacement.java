package io.tftpdc.edge.policy;

import com.google.re2j.Matcher;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a rule puts in the place of what it found: text with {@code \0} to {@code \9} (what was found, and its groups),
 * {@code \i} (the client's address), {@code \x} (the same in hexadecimal) and {@code \\U}, {@code \L}, {@code \E}
 * (upper case, lower case, as it is, from here on).
 */
record Replacement(List<Part> parts) {

    /** A piece of the replacement. */
    sealed interface Part {
        record Text(String text) implements Part {}

        record Group(int number) implements Part {}

        record Address() implements Part {}

        record HexAddress() implements Part {}

        record Case(Letters letters) implements Part {}
    }

    enum Letters {
        AS_IS,
        UPPER,
        LOWER;

        String of(String text) {
            return switch (this) {
                case AS_IS -> text;
                case UPPER -> text.toUpperCase(Locale.ROOT);
                case LOWER -> text.toLowerCase(Locale.ROOT);
            };
        }
    }

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    Replacement {
        parts = List.copyOf(parts);
    }

    /** @throws IllegalArgumentException when it ends in the middle of an escape */
    static Replacement parse(String written) {
        List<Part> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            if (++i == written.length()) {
                throw new IllegalArgumentException(
                        "the replacement '" + written + "' ends with a backslash; write \\\\ for a backslash");
            }
            char escaped = written.charAt(i);
            Part special =
                    switch (escaped) {
                        case 'i' -> new Part.Address();
                        case 'x' -> new Part.HexAddress();
                        case 'U' -> new Part.Case(Letters.UPPER);
                        case 'L' -> new Part.Case(Letters.LOWER);
                        case 'E' -> new Part.Case(Letters.AS_IS);
                        default ->
                            escaped >= '0' && escaped <= '9'
                                    ? new Part.Group(escaped - '0')
                                    : new Part.Text(String.valueOf(escaped));
                    };
            if (special instanceof Part.Text literal) {
                text.append(literal.text());
            } else {
                flush(text, parts);
                parts.add(special);
            }
        }
        flush(text, parts);
        return new Replacement(parts);
    }

    private static void flush(StringBuilder text, List<Part> parts) {
        if (!text.isEmpty()) {
            parts.add(new Part.Text(text.toString()));
            text.setLength(0);
        }
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** The text, when it is the same for every name and client; otherwise null. */
    @Nullable
    String constant() {
        return parts.stream().allMatch(part -> part instanceof Part.Text)
                ? String.join(
                        "",
                        parts.stream().map(part -> ((Part.Text) part).text()).toList())
                : null;
    }

    /** @param found what the rule found, or null when it is a rule that wants nothing to be found */
    void appendTo(StringBuilder out, @Nullable Matcher found, InetAddress client) {
        Letters letters = Letters.AS_IS;
        for (Part part : parts) {
            switch (part) {
                case Part.Text text -> out.append(letters.of(text.text()));
                case Part.Group group -> out.append(letters.of(group(found, group.number())));
                case Part.Address address -> out.append(letters.of(NetUtil.toAddressString(client)));
                case Part.HexAddress address -> out.append(letters.of(HEX.formatHex(client.getAddress())));
                case Part.Case change -> letters = change.letters();
            }
        }
    }

    private static String group(@Nullable Matcher found, int number) {
        if (found == null || number > found.groupCount()) {
            return "";
        }
        String text = found.group(number);
        return text == null ? "" : text;
    }
}
