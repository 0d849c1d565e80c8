package io.tftpdc.launcher;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Tells from what somebody says is missing whether things advance: it is something else than ever before, or the same with
 * lower numbers. A number that grows, such as for how long, is no advance. Pure, for one thread.
 */
final class Advance {

    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}");

    /** The lowest sum of numbers by the words between them. */
    private final Map<String, Long> lowest = new HashMap<>();

    /** Takes in what is said now, and says whether that is an advance. */
    boolean in(String missing) {
        String words = NUMBER.matcher(missing).replaceAll("#");
        long sum = NUMBER.matcher(missing)
                .results()
                .map(MatchResult::group)
                .mapToLong(Long::parseLong)
                .sum();
        Long before = lowest.get(words);
        if (before != null && before <= sum) {
            return false;
        }
        lowest.put(words, sum);
        return true;
    }
}
