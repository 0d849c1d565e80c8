package io.tftpdc.mirror.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.dropwizard.util.DataSize;
import org.jspecify.annotations.Nullable;

/** Bytes per second, written {@code 10MiB/s}; the {@code /s} may be left out. */
public final class Bandwidth {
    private static final String PER_SECOND = "/s";
    private static final long LEAST = 64 * 1024;

    private final String written;
    private final long bytesPerSecond;

    private Bandwidth(String written, long bytesPerSecond) {
        this.written = written;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** @throws IllegalArgumentException saying what is expected */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Bandwidth of(String text) {
        String size = text.strip();
        size = size.endsWith(PER_SECOND) ? size.substring(0, size.length() - PER_SECOND.length()) : size;
        long bytes;
        try {
            bytes = DataSize.parse(size).toBytes();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is `" + text + "`; expected a size per second, such as 10MiB/s", e);
        }
        if (bytes < LEAST) {
            throw new IllegalArgumentException(
                    "is `" + text + "`; expected at least 64KiB/s: one chunk of a file is 512 KiB");
        }
        return new Bandwidth(size + PER_SECOND, bytes);
    }

    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bandwidth that && bytesPerSecond == that.bytesPerSecond;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bytesPerSecond);
    }

    /** As it was written. */
    @Override
    public String toString() {
        return written;
    }
}
