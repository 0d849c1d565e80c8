package io.tftpdc.registry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What may be written to the registry or to one subject. */
public enum Mode {
    /** Reading and registering. */
    READWRITE,
    /** Reading only. */
    READONLY,
    /** As {@link #READONLY}; set on the whole registry it wins over what subjects say. */
    READONLY_OVERRIDE,
    /** Schemas are registered with the ids and versions they had in another registry; nothing is checked against others. */
    IMPORT;

    boolean isReadOnly() {
        return this == READONLY || this == READONLY_OVERRIDE;
    }

    /** Reads a name in any case. */
    static Optional<Mode> parse(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.name().equals(name.strip().toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
