package io.tftpdc.event;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a publisher may say of a file: the one rule of all doors, which are the publish topics, REST and the Java client.
 * It bounds the event, because an index entry carries up to 16 of them in one record.
 */
public final class DescriptionRule {
    public static final int MAX_LABELS = 64;

    /** Characters of a label's name. */
    public static final int MAX_LABEL_NAME = 64;

    /** Characters of a label's value. */
    public static final int MAX_LABEL_VALUE = 256;

    /**
     * Names and values together, in UTF-8. With 256 chunk hashes of 32 bytes and the path, below what the file index
     * takes of one event.
     */
    public static final int MAX_LABEL_BYTES = 32 * 1024;

    private static final Pattern LABEL_NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0," + (MAX_LABEL_NAME - 1) + "}");
    private static final Pattern MEDIA_TYPE = Pattern.compile("[\\x20-\\x7e]{0,255}");

    private DescriptionRule() {}

    /** What was found, what was expected and what to do, on one line of printable ASCII; empty when all is well. */
    public static Optional<String> problem(String contentType, Map<String, String> labels) {
        if (!MEDIA_TYPE.matcher(contentType).matches()) {
            return Optional.of(
                    "the content type is '" + brief(contentType) + "', " + contentType.length()
                            + " characters; expected a media type of up to 255 ASCII characters such as application/octet-stream");
        }
        if (labels.size() > MAX_LABELS) {
            return Optional.of(
                    "there are " + labels.size() + " labels; expected at most " + MAX_LABELS + ". Leave some out");
        }
        long bytes = 0;
        for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
            String name = label.getKey();
            String value = label.getValue();
            if (!LABEL_NAME.matcher(name).matches()) {
                return Optional.of("label '" + brief(name) + "' has no usable name; expected 1 to " + MAX_LABEL_NAME
                        + " of a-z, A-Z, 0-9, '.', '_', '/' and '-', a letter or digit first");
            }
            if (value.length() > MAX_LABEL_VALUE || value.chars().anyMatch(Character::isISOControl)) {
                return Optional.of("label " + name + " is '" + brief(value) + "', " + value.length()
                        + " characters, which is no label's value; expected up to " + MAX_LABEL_VALUE
                        + " printable characters");
            }
            bytes += utf8Length(name) + utf8Length(value);
        }
        return bytes <= MAX_LABEL_BYTES
                ? Optional.empty()
                : Optional.of("the labels are " + bytes + " bytes of UTF-8 together; expected at most "
                        + MAX_LABEL_BYTES + ". Send fewer or shorter ones");
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String brief(String text) {
        StringBuilder printable = new StringBuilder();
        text.chars().limit(80).forEach(c -> printable.append(c < 0x20 || c > 0x7e ? '?' : (char) c));
        return printable.toString();
    }
}
