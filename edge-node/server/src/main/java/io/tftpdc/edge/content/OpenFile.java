package io.tftpdc.edge.content;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;

/**
 * One version of one file, pinned while it is served: publishing a newer version changes nothing here, and eviction
 * leaves the content alone until {@link #close()}.
 *
 * <p>Offsets and lengths are in bytes of the stored content. All methods may be called from any thread and none
 * blocks, except that {@link #read} may fault pages in from a local disk.
 */
public interface OpenFile extends AutoCloseable {

    /** The tenant whose file this is. */
    String tenant();

    /** The path inside the tenant, without a leading slash. */
    String path();

    /** SHA-256 of the whole content, 64 lower-case hexadecimal digits. */
    String sha256Hex();

    /** Size of the whole content in bytes. */
    long size();

    /** Media type of the content, empty when unknown. */
    default String contentType() {
        return "";
    }

    /** True when these bytes can be read without waiting; the part beyond the end of the file counts as present. */
    boolean resident(long offset, int length);

    /**
     * Asks for these bytes to be made resident.
     *
     * @return completes when they are, on any thread; exceptionally with an {@link java.io.IOException} whose message
     *     may be shown to a client when the content cannot be had
     */
    CompletionStage<Void> load(long offset, int length);

    /**
     * Appends exactly {@code min(length, size - offset)} bytes to {@code into}. Only when {@link #resident} says so.
     *
     * @throws java.io.UncheckedIOException when the local copy cannot be read after all
     */
    void read(long offset, int length, ByteBuf into);

    /** Ends the pin. Idempotent. */
    @Override
    void close();
}
