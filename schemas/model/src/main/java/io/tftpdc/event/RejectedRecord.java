package io.tftpdc.event;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be used, with the reason; nothing is lost.
 *
 * @param site where it was refused
 * @param processor which part refused it
 * @param topic where it came from, as {@code partition} and {@code offset} say
 * @param timestampMillis of the original record
 * @param key of the original record, null when it had none
 * @param headers of the original record
 * @param value of the original record, null when it had none or was larger than {@link #MAX_KEPT_BYTES}; then it is
 *     still at its place of origin for as long as that topic keeps it
 * @param valueSize bytes of the original value
 * @param reason what was found, what was expected and what to do
 */
public record RejectedRecord(
        SiteName site,
        String processor,
        String topic,
        int partition,
        long offset,
        long timestampMillis,
        @Nullable ByteBuffer key,
        List<Header> headers,
        @Nullable ByteBuffer value,
        long valueSize,
        String reason) {

    /** Larger values are named by their place rather than copied. */
    public static final int MAX_KEPT_BYTES = 512 * 1024;

    public RejectedRecord {
        key = readOnly(key);
        headers = List.copyOf(headers);
        value = readOnly(value);
    }

    /** A header of the original record. */
    public record Header(String name, @Nullable ByteBuffer value) {
        public Header {
            value = readOnly(value);
        }
    }

    private static @Nullable ByteBuffer readOnly(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : bytes.asReadOnlyBuffer();
    }
}
