package io.tftpdc.client;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads the bytes of a version back out of Kafka, in order and in constant memory: a few chunks at a time. Every chunk
 * is checked against its SHA-256; one that is not at its place is looked up again until its new place is known.
 *
 * <p>Any thread may open streams, several at once. They share a few consumers, each of which is lent for one run of
 * chunks at a time, so that a slow taker holds none.
 */
public final class ContentReader implements AutoCloseable {
    private static final int CONSUMERS = 4;
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(20);
    /** How long a chunk may be missing from its place, or from the locations altogether, before reading fails. */
    private static final Duration RELOCATION_TIMEOUT = Duration.ofSeconds(10);

    private static final long FIRST_PAUSE_MILLIS = 5;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final Map<String, Object> kafka;
    private final ContentLocator locator;
    private final ObjectReader objects;
    private final Semaphore lendable = new Semaphore(CONSUMERS, true);
    /** Last in, first out: a lone reader gets the consumer that has read ahead for it. */
    private final Deque<ChunkFetcher> idle = new ConcurrentLinkedDeque<>();

    private final Duration relocationTimeout;

    /** @param kafka {@code bootstrap.servers} and whatever else the cluster asks for */
    public ContentReader(Map<String, ?> kafka, ContentLocator locator) {
        this(kafka, locator, ObjectReader.NONE, RELOCATION_TIMEOUT);
    }

    /** @param objects reads content that lies in objects */
    public ContentReader(Map<String, ?> kafka, ContentLocator locator, ObjectReader objects) {
        this(kafka, locator, objects, RELOCATION_TIMEOUT);
    }

    ContentReader(Map<String, ?> kafka, ContentLocator locator, Duration relocationTimeout) {
        this(kafka, locator, ObjectReader.NONE, relocationTimeout);
    }

    private ContentReader(
            Map<String, ?> kafka, ContentLocator locator, ObjectReader objects, Duration relocationTimeout) {
        this.kafka = Map.copyOf(kafka);
        this.locator = locator;
        this.objects = objects;
        this.relocationTimeout = relocationTimeout;
    }

    /** The whole content. Its methods block and throw {@link ContentUnavailableException} when bytes cannot be had. */
    public InputStream open(FileContent content) {
        return open(content, 0, content.size());
    }

    /**
     * A range of the content.
     *
     * @param offset of the first byte
     * @param length in bytes
     */
    public InputStream open(FileContent content, long offset, long length) {
        if (offset < 0 || length < 0 || offset + length > content.size()) {
            throw new IndexOutOfBoundsException(
                    length + " bytes from " + offset + " on of a content of " + content.size() + " bytes");
        }
        return new ChunkStream(this, content, offset, length);
    }

    /** Writes the whole content. */
    public void copy(FileContent content, OutputStream to) throws IOException {
        try (InputStream from = open(content)) {
            from.transferTo(to);
        }
    }

    /**
     * The chunks of which nobody knows where they lie, so that the content cannot be read whole. Where it is listed in
     * chunks of its own, those are read; what a list that is missing names is not known, and not in the answer. Of content
     * in an object store only such lists are looked for.
     */
    public Set<Sha256> missing(FileContent content) throws IOException {
        boolean inKafka = content.location().isEmpty();
        return switch (content.chunks()) {
            case FileContent.Inline inline -> inKafka ? unknown(inline.hashes()) : Set.of();
            case FileContent.Manifest manifest -> {
                Set<Sha256> missing = unknown(manifest.hashes());
                for (Sha256 list : manifest.hashes()) {
                    if (inKafka && !missing.contains(list)) {
                        missing.addAll(unknown(manifest(list)));
                    }
                }
                yield missing;
            }
        };
    }

    /** The chunks that a manifest chunk lists. */
    List<Sha256> manifest(Sha256 hash) throws IOException {
        return ChunkList.read(Objects.requireNonNull(
                fetch(List.of(hash), new HashMap<>()).get(hash), "a manifest chunk that was fetched"));
    }

    private Set<Sha256> unknown(Collection<Sha256> hashes) throws IOException {
        Set<Sha256> unknown = new LinkedHashSet<>(hashes);
        if (!unknown.isEmpty()) {
            unknown.removeAll(locator.locate(List.copyOf(unknown)).keySet());
        }
        return unknown;
    }

    @Override
    public void close() {
        lendable.acquireUninterruptibly(CONSUMERS);
        for (ChunkFetcher fetcher = idle.poll(); fetcher != null; fetcher = idle.poll()) {
            fetcher.close();
        }
    }

    /** Where the chunks are said to lie now; those that nobody knows are missing. */
    Map<Sha256, ContentLocation> locate(Collection<Sha256> hashes) throws IOException {
        return locator.locate(hashes);
    }

    /**
     * The bytes of all given chunks.
     *
     * @param known places that were looked up before; tried first, and forgotten here when stale
     * @throws ContentUnavailableException when one of them cannot be had
     */
    Map<Sha256, byte[]> fetch(Collection<Sha256> hashes, Map<Sha256, ContentLocation> known) throws IOException {
        Set<Sha256> missing = new HashSet<>(hashes);
        Map<Sha256, byte[]> found = new HashMap<>();
        long deadline = System.nanoTime() + relocationTimeout.toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            Map<Sha256, ContentLocation> places = new HashMap<>();
            missing.stream().filter(known::containsKey).forEach(hash -> places.put(hash, known.get(hash)));
            if (!places.isEmpty()) {
                found.putAll(fetch(places));
            }
            missing.removeAll(found.keySet());
            if (missing.isEmpty()) {
                return found;
            }
            if (System.nanoTime() > deadline) {
                Sha256 one = missing.iterator().next();
                throw new ContentUnavailableException(
                        missing.size() + " chunks of the file are not to be found, such as "
                                + one
                                + (known.containsKey(one)
                                        ? ", which is not at " + known.get(one)
                                        : ", whose place is unknown")
                                + ". Check that the streams processors have caught up with tftp.content, or publish the file again");
            }
            if (pause > FIRST_PAUSE_MILLIS || !places.isEmpty()) {
                sleep(pause);
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            missing.forEach(known::remove);
            known.putAll(locator.locate(missing));
        }
    }

    /**
     * Chunks that follow one another in an object, checked.
     *
     * @param first index of the first of these chunks in the content
     * @throws ContentUnavailableException when one of them cannot be had, or is not what was published
     */
    Map<Sha256, byte[]> fetch(FileContent content, ObjectLocation object, long first, List<Sha256> hashes)
            throws ContentUnavailableException {
        if (content.chunkSize() > FileContent.CHUNK_SIZE) {
            throw new ContentUnavailableException(
                    "content " + content.hash() + " is in chunks of " + content.chunkSize()
                            + " bytes; expected at most " + FileContent.CHUNK_SIZE + ". Publish the file again");
        }
        long offset = first * content.chunkSize();
        int length = (int) Math.min((long) hashes.size() * content.chunkSize(), content.size() - offset);
        byte[] bytes;
        try {
            bytes = objects.read(object, offset, length);
        } catch (IOException e) {
            throw new ContentUnavailableException(String.valueOf(e.getMessage()), e);
        }
        Map<Sha256, byte[]> found = new HashMap<>();
        for (int i = 0; i < hashes.size(); i++) {
            int from = i * content.chunkSize();
            byte[] chunk = Arrays.copyOfRange(bytes, from, from + content.chunkLength(first + i));
            if (!Sha256.of(chunk).equals(hashes.get(i))) {
                throw new ContentUnavailableException("object " + object + " has other bytes at " + (offset + from)
                        + " than were published as content " + content.hash() + "; publish the file again");
            }
            found.put(hashes.get(i), chunk);
        }
        return found;
    }

    private Map<Sha256, byte[]> fetch(Map<Sha256, ContentLocation> places) throws IOException {
        borrow();
        try {
            ChunkFetcher ready = idle.pollFirst();
            ChunkFetcher fetcher = ready == null ? new ChunkFetcher(kafka) : ready;
            try {
                return fetcher.fetch(places, FETCH_TIMEOUT);
            } finally {
                idle.addFirst(fetcher);
            }
        } finally {
            lendable.release();
        }
    }

    private void borrow() throws IOException {
        try {
            if (!lendable.tryAcquire(FETCH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ContentUnavailableException("too many files are being read at once; try again in a moment");
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static void sleep(long millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while reading content");
    }
}
