package io.tftpdc.intake;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Content that lies in an object, as its publisher describes it: headers name object and size, and the record's value is
 * the SHA-256 of each of the object's chunks, {@value Sha256#BYTES} bytes each. Nothing reads the object here: whoever
 * serves it checks every chunk.
 */
final class ListedContent {
    static final String LOCATION = "object-location";
    static final String SIZE = "object-size";

    private ListedContent() {}

    /** Whether the headers speak of an object. */
    static boolean isIn(Map<String, String> headers) {
        return headers.containsKey(LOCATION) || headers.containsKey(SIZE);
    }

    /** What is wrong with the description, and what was expected; empty when all is well. */
    static Optional<String> problem(Map<String, String> headers, Optional<Sha256> whole, ByteBuffer list) {
        String location = headers.getOrDefault(LOCATION, "");
        if (location.isEmpty() || whole.isEmpty()) {
            return Optional.of("header " + (location.isEmpty() ? LOCATION : PublishRequestReader.SHA256)
                    + " is missing; expected " + LOCATION + ", " + SIZE + " and " + PublishRequestReader.SHA256
                    + " together for a file whose bytes lie in an object");
        }
        Optional<String> bad = ObjectLocation.problem(location);
        if (bad.isPresent()) {
            return Optional.of("header " + LOCATION + ": " + bad.get());
        }
        long size = size(headers.get(SIZE));
        if (size < 0) {
            return Optional.of("header " + SIZE + " is not the object's size; expected a number of bytes");
        }
        long expected = (size + FileContent.CHUNK_SIZE - 1) / FileContent.CHUNK_SIZE * Sha256.BYTES;
        return list.remaining() == expected
                ? Optional.empty()
                : Optional.of("the value has " + list.remaining() + " bytes; expected " + expected + ", which is "
                        + Sha256.BYTES + " bytes of SHA-256 for each " + FileContent.CHUNK_SIZE
                        + " bytes of the object's "
                        + size);
    }

    private static long size(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }

    /** What {@link #problem} has found nothing wrong with. */
    static FileContent content(Map<String, String> headers, Sha256 whole, ByteBuffer list) {
        return new FileContent(
                whole,
                size(headers.get(SIZE)),
                FileContent.CHUNK_SIZE,
                chunks(list),
                Optional.of(new ObjectLocation(headers.getOrDefault(LOCATION, ""))));
    }

    private static FileContent.Chunks chunks(ByteBuffer list) {
        long count = list.remaining() / Sha256.BYTES;
        return count <= FileContent.MAX_INLINE_CHUNKS
                ? new FileContent.Inline(hashes(list))
                : new FileContent.Manifest(
                        manifests(count, list).stream().map(Chunk::hash).toList(), count);
    }

    /** The chunks that have to be written for it: its list, where the event does not hold it. */
    static List<Chunk> manifests(ByteBuffer list) {
        long count = list.remaining() / Sha256.BYTES;
        return count <= FileContent.MAX_INLINE_CHUNKS ? List.of() : manifests(count, list);
    }

    private static List<Chunk> manifests(long count, ByteBuffer list) {
        List<Chunk> manifests = new ArrayList<>();
        int most = FileContent.CHUNKS_PER_MANIFEST * Sha256.BYTES;
        int bytes = Math.toIntExact(count * Sha256.BYTES);
        for (int from = 0; from < bytes; from += most) {
            manifests.add(Chunk.of(list.slice(list.position() + from, Math.min(most, bytes - from))));
        }
        return manifests;
    }

    private static List<Sha256> hashes(ByteBuffer list) {
        List<Sha256> hashes = new ArrayList<>();
        for (ByteBuffer rest = list.duplicate(); rest.hasRemaining(); ) {
            hashes.add(Sha256.read(rest));
        }
        return hashes;
    }
}
