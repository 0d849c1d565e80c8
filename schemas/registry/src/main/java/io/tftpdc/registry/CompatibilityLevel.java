package io.tftpdc.registry;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a new schema must be able to do with the data of earlier ones. Backward: the new schema reads data written with
 * the earlier one. Forward: the earlier one reads data written with the new. Without TRANSITIVE only the latest version
 * counts.
 */
public enum CompatibilityLevel {
    NONE(false, false, false),
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean newReadsOld;
    private final boolean oldReadsNew;
    private final boolean transitive;

    CompatibilityLevel(boolean newReadsOld, boolean oldReadsNew, boolean transitive) {
        this.newReadsOld = newReadsOld;
        this.oldReadsNew = oldReadsNew;
        this.transitive = transitive;
    }

    boolean newReadsOld() {
        return newReadsOld;
    }

    boolean oldReadsNew() {
        return oldReadsNew;
    }

    /** Of all earlier versions, oldest first, those that count at this level. */
    <T> List<T> relevant(List<T> earlier) {
        if (this == NONE || earlier.isEmpty()) {
            return List.of();
        }
        return transitive ? earlier : List.of(earlier.getLast());
    }

    /** Reads a name in any case. */
    static Optional<CompatibilityLevel> parse(String name) {
        return Arrays.stream(values())
                .filter(level -> level.name().equals(name.strip().toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
