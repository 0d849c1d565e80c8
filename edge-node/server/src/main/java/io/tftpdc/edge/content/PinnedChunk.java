package io.tftpdc.edge.content;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A chunk that stays where it is until this is closed. Reading is thread-safe and allocates nothing. */
public final class PinnedChunk implements AutoCloseable {
    private final ResidentBytes content;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    PinnedChunk(ResidentBytes content, Runnable release) {
        this.content = content;
        this.release = release;
    }

    /** Bytes of the chunk. */
    public int size() {
        return content.bytes().capacity();
    }

    /**
     * The native address of the first byte, or 0 when it cannot be told. The memory may be read for as long as this pin
     * is open and reachable; after {@link #close()} it may be unmapped at any time, and reading it then ends the process.
     */
    public long address() {
        return content.address();
    }

    /** False after {@link #close()}. */
    boolean isOpen() {
        return !closed.get();
    }

    /** Appends bytes of the chunk. */
    public void read(int offset, int length, ByteBuf into) {
        try {
            into.writeBytes(content.bytes(), offset, length);
        } catch (InternalError e) {
            // How Java reports that a page of a mapped file is gone: cut off, or the disk failed.
            throw new UncheckedIOException("the local copy cannot be read", new IOException(e));
        }
    }

    /** Copies bytes of the chunk. */
    public void read(int offset, ByteBuffer into) {
        content.bytes().getBytes(offset, into);
    }

    /** Ends the pin. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
