package io.tftpdc.objects;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

/**
 * An object from its first to its last byte, {@value #PIECE} bytes at a time. A read that fails for a while is tried
 * again; all reads are of the same object, or the stream fails. For one thread.
 */
final class ObjectStream extends InputStream {
    static final int PIECE = 4 << 20;

    private static final int ATTEMPTS = 5;
    private static final long FIRST_PAUSE_MILLIS = 100;

    private final ObjectStore store;
    private final ObjectInfo object;
    private byte[] piece = new byte[0];
    private int at;
    private long next;

    ObjectStream(ObjectStore store, ObjectInfo object) {
        this.store = store;
        this.object = object;
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
        if (at == piece.length) {
            if (next == object.size()) {
                return -1;
            }
            piece = nextPiece((int) Math.min(PIECE, object.size() - next));
            next += piece.length;
            at = 0;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        at += count;
        return count;
    }

    private byte[] nextPiece(int length) throws IOException {
        long pause = FIRST_PAUSE_MILLIS;
        for (int attempt = 1; ; attempt++) {
            try {
                return store.read(object.location(), next, length, object.tag());
            } catch (ObjectStoreException e) {
                if (e.kind().isLasting() || attempt == ATTEMPTS) {
                    throw e;
                }
            }
            sleep(pause);
            pause *= 3;
        }
    }

    private static void sleep(long millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading an object");
        }
    }
}
