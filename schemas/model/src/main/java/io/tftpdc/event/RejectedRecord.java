package io.tftpdc.event;

import java.nio.ByteBuffer;
import java.util.ArrayList;
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
 * @param reason what was found, what was expected and what to do; cut after {@link #MAX_REASON_CHARS} characters
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

    /** A longer reason is cut: what it quotes of the record must not make the rejection too large to be written. */
    public static final int MAX_REASON_CHARS = 4096;

    public RejectedRecord {
        key = readOnly(key);
        headers = List.copyOf(headers);
        value = readOnly(value);
        reason = brief(reason);
    }

    /** Longer keys, and headers beyond so many bytes together, are cut so that the rejection itself is a small record. */
    public static final int MAX_KEPT_KEY_BYTES = 16 * 1024;

    /**
     * Where the original record lies.
     *
     * @param timestampMillis of the record
     */
    public record Origin(String topic, int partition, long offset, long timestampMillis) {}

    /**
     * A rejection that keeps as much of the original as fits: the value up to {@link #MAX_KEPT_BYTES}, the key and the
     * headers up to {@link #MAX_KEPT_KEY_BYTES} each.
     */
    public static RejectedRecord of(
            SiteName site,
            String processor,
            Origin origin,
            byte @Nullable [] key,
            List<Header> headers,
            byte @Nullable [] value,
            String reason) {
        int valueSize = value == null ? 0 : value.length;
        return new RejectedRecord(
                site,
                processor,
                origin.topic(),
                origin.partition(),
                origin.offset(),
                origin.timestampMillis(),
                key == null ? null : ByteBuffer.wrap(key, 0, Math.min(key.length, MAX_KEPT_KEY_BYTES)),
                kept(headers),
                value == null || valueSize > MAX_KEPT_BYTES ? null : ByteBuffer.wrap(value),
                valueSize,
                reason);
    }

    private static List<Header> kept(List<Header> headers) {
        List<Header> kept = new ArrayList<>();
        int room = MAX_KEPT_KEY_BYTES;
        for (Header header : headers) {
            ByteBuffer value = header.value();
            // A character of a name is at most three bytes of UTF-8; some more for the lengths.
            room -= 3 * header.name().length() + (value == null ? 0 : value.remaining()) + 8;
            if (room < 0) {
                break;
            }
            kept.add(header);
        }
        return kept;
    }

    /** A header of the original record. */
    public record Header(String name, @Nullable ByteBuffer value) {
        public Header {
            value = readOnly(value);
        }
    }

    private static String brief(String reason) {
        if (reason.length() <= MAX_REASON_CHARS) {
            return reason;
        }
        int end = MAX_REASON_CHARS - 1;
        // Half a surrogate pair would not be encoded as UTF-8.
        return reason.substring(0, Character.isHighSurrogate(reason.charAt(end - 1)) ? end - 1 : end) + "…";
    }

    private static @Nullable ByteBuffer readOnly(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : bytes.asReadOnlyBuffer();
    }
}
