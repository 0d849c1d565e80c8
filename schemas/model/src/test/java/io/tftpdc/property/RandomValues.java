package io.tftpdc.property;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Random values of the model. Times and sites come from small ranges on purpose, so that ties are common; event ids are
 * random, so that two events never share one.
 */
public final class RandomValues {
    private static final List<String> LETTERS =
            List.of("a", "B", "0", "_", "-", ".", " ", "é", "ß", "Ж", "固", "\u0301", "\uD83D\uDCBE");

    private final Random random;

    public RandomValues(Random random) {
        this.random = random;
    }

    public Sha256 hash() {
        return new Sha256(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    public SiteName site() {
        return new SiteName("dc" + (1 + random.nextInt(3)));
    }

    public EventId eventId() {
        return new EventId(new UUID(random.nextLong(), random.nextLong()));
    }

    /** One of a few milliseconds and a few counters. */
    public HybridTime time() {
        return HybridTime.of(1_767_225_600_000L + random.nextInt(3), random.nextInt(2));
    }

    public EventEnvelope envelope() {
        return new EventEnvelope(eventId(), site(), time(), oneOf(List.of("user:anna", "edge:dc1-edge-1", "")));
    }

    public Tenant tenant() {
        return new Tenant(oneOf(List.of("default", "acme", "umbrella-9", "0", "a".repeat(63))));
    }

    /** Up to three segments of letters from many scripts. */
    public FilePath path() {
        StringBuilder path = new StringBuilder("f");
        for (int segments = random.nextInt(3); segments >= 0; segments--) {
            for (int letters = random.nextInt(6); letters >= 0; letters--) {
                path.append(oneOf(LETTERS));
            }
            path.append(segments == 0 ? "" : "/d");
        }
        return new FilePath(path.toString());
    }

    public FileKey key() {
        return new FileKey(tenant(), path());
    }

    /** Empty, small, of several chunks, or large enough for manifests. */
    public FileContent content() {
        int chunkSize = random.nextInt(4) == 0 ? 1 + random.nextInt(1000) : FileContent.CHUNK_SIZE;
        long chunks =
                switch (random.nextInt(8)) {
                    case 0 -> 0;
                    case 1, 2 -> 2 + random.nextInt(20);
                    case 3 -> FileContent.MAX_INLINE_CHUNKS + 1 + random.nextInt(40_000);
                    default -> 1;
                };
        long size = chunks == 0 ? 0 : (chunks - 1) * chunkSize + 1 + random.nextInt(chunkSize);
        FileContent content = new FileContent(
                hash(),
                size,
                chunkSize,
                chunks <= FileContent.MAX_INLINE_CHUNKS
                        ? new FileContent.Inline(many((int) chunks, this::hash))
                        : new FileContent.Manifest(
                                many(
                                        (int) ((chunks + FileContent.CHUNKS_PER_MANIFEST - 1)
                                                / FileContent.CHUNKS_PER_MANIFEST),
                                        this::hash),
                                chunks));
        return random.nextInt(4) == 0 ? content.at(new ObjectLocation("s3://bucket/" + text())) : content;
    }

    public Map<String, String> texts() {
        Map<String, String> texts = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            texts.put("label" + i, text());
        }
        return texts;
    }

    public String text() {
        return String.join("", many(random.nextInt(5), () -> oneOf(LETTERS)));
    }

    /** An event about the file: mostly published, some removed, a few of an unknown kind. */
    public FileEvent event(FileKey key) {
        return switch (random.nextInt(8)) {
            case 0 -> new FileEvent.UnknownEvent(envelope(), key, "FileSigned");
            case 1, 2 -> new FileEvent.FileRemoved(envelope(), key, seen());
            default ->
                new FileEvent.FilePublished(
                        envelope(), key, content(), oneOf(List.of("", "text/plain")), texts(), seen());
        };
    }

    /** Nothing said, or up to three sites. */
    public VersionVector seen() {
        if (random.nextInt(4) == 0) {
            return VersionVector.UNKNOWN;
        }
        Map<SiteName, HybridTime> latest = new HashMap<>();
        many(random.nextInt(3), this::site).forEach(site -> latest.put(site, time()));
        return VersionVector.of(latest);
    }

    public List<FileEvent> events(FileKey key, int count) {
        return many(count, () -> event(key));
    }

    /** What up to the given number of events make of a file. */
    public FileIndexEntry entry(FileKey key, int maxEvents) {
        FileIndexEntry entry = FileIndexEntry.empty(key);
        for (FileEvent event : events(key, random.nextInt(maxEvents + 1))) {
            entry = FileIndexFold.apply(entry, event);
        }
        return entry;
    }

    public byte[] bytes(int maxLength) {
        byte[] bytes = new byte[random.nextInt(maxLength + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    public <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    public <T> List<T> many(int count, Supplier<T> one) {
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(one.get());
        }
        return values;
    }
}
