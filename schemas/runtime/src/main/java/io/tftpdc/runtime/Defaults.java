package io.tftpdc.runtime;

import org.jspecify.annotations.Nullable;

/** Lets the compact constructor of a configuration record state its defaults, one a line. */
public final class Defaults {

    private Defaults() {}

    /** The value if the file gave one, else the fallback: {@code port = Defaults.or(port, 8081);}. */
    public static <T> T or(@Nullable T value, T fallback) {
        return value == null ? fallback : value;
    }
}
