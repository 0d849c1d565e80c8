package io.tftpdc.registry;

import java.util.Optional;

/** A version in a path: a number from 1, or {@code latest} (also written {@code -1}). */
record VersionSpec(int number) {

    static final VersionSpec LATEST = new VersionSpec(-1);

    static Optional<VersionSpec> parse(String text) {
        if (text.equals("latest") || text.equals("-1")) {
            return Optional.of(LATEST);
        }
        try {
            int number = Integer.parseInt(text);
            return number >= 1 ? Optional.of(new VersionSpec(number)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean isLatest() {
        return number == LATEST.number;
    }
}
