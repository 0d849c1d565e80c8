package io.tftpdc.query;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a query string. */
record Parameters(Map<String, List<String>> values) {
    static final String LOCAL = "local";

    /** @throws IllegalArgumentException when the text is not percent-encoded UTF-8 */
    static Parameters parse(@Nullable String rawQuery) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        if (rawQuery != null && !rawQuery.isEmpty()) {
            for (String pair : rawQuery.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                values.computeIfAbsent(decode(name), n -> new ArrayList<>()).add(decode(value));
            }
        }
        return new Parameters(values);
    }

    /** The parameters for another process: it is to answer from its own partitions only. */
    static String local(Map<String, List<String>> parameters) {
        StringBuilder query = new StringBuilder(LOCAL).append("=true");
        parameters.forEach((name, values) -> {
            if (!name.equals(LOCAL)) {
                values.forEach(value ->
                        query.append('&').append(encode(name)).append('=').append(encode(value)));
            }
        });
        return query.toString();
    }

    String text(String name, String fallback) {
        List<String> found = values.get(name);
        return found == null ? fallback : found.get(found.size() - 1);
    }

    /** @throws IllegalArgumentException when it is missing or empty */
    String required(String name) {
        String text = text(name, "");
        if (text.isEmpty()) {
            throw new IllegalArgumentException("parameter " + name + " is missing");
        }
        return text;
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(text(name, "false"));
    }

    /** @throws IllegalArgumentException when it is no number of at least 1 */
    int count(String name, int fallback, int max) {
        String text = text(name, Integer.toString(fallback));
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1) {
            throw new IllegalArgumentException(
                    "parameter " + name + " is '" + text + "'; expected a number from 1 to " + max);
        }
        return Math.min(max, Integer.parseInt(text));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
