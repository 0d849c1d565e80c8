package io.tftpdc.client;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A range of a content as a stream, holding at most {@value #WINDOW} chunks. For one thread. */
final class ChunkStream extends InputStream {
    /** Chunks fetched together: enough to have several partitions work at once. */
    private static final int WINDOW = 8;

    /** Places asked for together, to spare questions. */
    private static final int LOOK_AHEAD = 128;

    private final ContentReader reader;
    private final FileContent content;
    private final Map<Sha256, ContentLocation> places = new HashMap<>();
    private final Deque<byte[]> ready = new ArrayDeque<>();
    private byte @Nullable [] current;
    private int at;
    private long nextChunk;
    private long left;
    private long placesKnownTo;
    private long manifestIndex = -1;
    private List<Sha256> manifest = List.of();

    ChunkStream(ContentReader reader, FileContent content, long offset, long length) {
        this.reader = reader;
        this.content = content;
        this.left = length;
        this.nextChunk = offset / content.chunkSize();
        this.placesKnownTo = nextChunk;
        this.at = (int) (offset % content.chunkSize());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        byte[] chunk = current();
        int count = (int) Math.min(Math.min(length, chunk.length - at), left);
        System.arraycopy(chunk, at, into, offset, count);
        at += count;
        left -= count;
        return count;
    }

    private byte[] current() throws IOException {
        byte[] chunk = current;
        if (chunk != null && at < chunk.length) {
            return chunk;
        }
        if (chunk != null) {
            at = 0;
        }
        if (ready.isEmpty()) {
            fill();
        }
        chunk = ready.removeFirst();
        current = chunk;
        return chunk;
    }

    private void fill() throws IOException {
        long end = Math.min(endChunk(), nextChunk + WINDOW);
        if (end > placesKnownTo && content.location().isEmpty()) {
            places.clear();
            placesKnownTo = Math.min(endChunk(), nextChunk + LOOK_AHEAD);
            places.putAll(reader.locate(hashes(nextChunk, placesKnownTo)));
        }
        List<Sha256> hashes = hashes(nextChunk, end);
        Map<Sha256, byte[]> fetched = content.location().isPresent()
                ? reader.fetch(content, content.location().get(), nextChunk, hashes)
                : reader.fetch(hashes, places);
        for (int i = 0; i < hashes.size(); i++) {
            byte[] chunk = Objects.requireNonNull(fetched.get(hashes.get(i)), "a chunk that was fetched");
            if (chunk.length != content.chunkLength(nextChunk + i)) {
                throw new ContentUnavailableException("chunk " + (nextChunk + i) + " of content " + content.hash()
                        + " has " + chunk.length + " bytes; expected " + content.chunkLength(nextChunk + i)
                        + ". The event that published it is wrong; publish the file again");
            }
            ready.addLast(chunk);
        }
        nextChunk = end;
    }

    /** The chunk after the last one that the range needs. */
    private long endChunk() {
        long chunkSize = content.chunkSize();
        return (nextChunk * chunkSize + at + left + chunkSize - 1) / chunkSize;
    }

    private List<Sha256> hashes(long from, long to) throws IOException {
        return switch (content.chunks()) {
            case FileContent.Inline inline -> inline.hashes().subList((int) from, (int) to);
            case FileContent.Manifest listed -> {
                List<Sha256> hashes = new ArrayList<>();
                for (long i = from; i < to; i++) {
                    hashes.add(manifestOf(listed, i / FileContent.CHUNKS_PER_MANIFEST)
                            .get((int) (i % FileContent.CHUNKS_PER_MANIFEST)));
                }
                yield hashes;
            }
        };
    }

    private List<Sha256> manifestOf(FileContent.Manifest listed, long index) throws IOException {
        if (index != manifestIndex) {
            Sha256 hash = listed.hashes().get((int) index);
            manifest = reader.manifest(hash);
            manifestIndex = index;
        }
        return manifest;
    }
}
