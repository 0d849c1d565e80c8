package io.tftpdc.edge.upload;

import io.tftpdc.event.FileContent;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Arrays that uploads are collected in, used again and again. A small file gets a small one, which grows with it.
 * Thread-safe.
 */
final class ChunkBuffers {
    private static final int SMALLEST = 8 * 1024;
    private static final int GROWTH = 4;

    private final int mostKept;
    private final ConcurrentLinkedQueue<byte[]> kept = new ConcurrentLinkedQueue<>();
    private final AtomicInteger keptCount = new AtomicInteger();

    /** @param mostKept arrays of a whole chunk that are kept while nobody needs them */
    ChunkBuffers(int mostKept) {
        this.mostKept = mostKept;
    }

    /** An array of a whole chunk. */
    byte[] whole() {
        byte[] again = kept.poll();
        if (again == null) {
            return new byte[FileContent.CHUNK_SIZE];
        }
        keptCount.decrementAndGet();
        return again;
    }

    /** An array for a file that may be small. */
    byte[] small() {
        return new byte[SMALLEST];
    }

    /** A larger array with the same bytes in front. */
    byte[] grown(byte[] full) {
        byte[] larger = full.length * GROWTH >= FileContent.CHUNK_SIZE ? whole() : new byte[full.length * GROWTH];
        System.arraycopy(full, 0, larger, 0, full.length);
        return larger;
    }

    /** Nobody uses the array any more. */
    void giveBack(byte[] array) {
        if (array.length == FileContent.CHUNK_SIZE && keptCount.get() < mostKept) {
            keptCount.incrementAndGet();
            kept.add(array);
        }
    }
}
