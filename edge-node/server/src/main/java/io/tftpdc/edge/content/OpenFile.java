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

    /** Bytes between two places in a file whose {@link #address addresses} are good at the same time: 4 MiB. */
    int ADDRESSES_VALID_WITHIN = 4 << 20;

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

    /**
     * Where the byte at {@code offset} lies in memory, so that it can be sent without copying. Allocates nothing while
     * reading goes forward, or back and forth between two neighbouring chunks.
     *
     * <p><b>How long it is valid.</b> Until this file is closed, or asked (by any of its methods, on any thread) for bytes
     * more than {@link #ADDRESSES_VALID_WITHIN} bytes away; what goes then is only what is farther than that from what
     * was asked for. So a batch may be put together from any number of addresses of one file that lie that close
     * together, and from any number of files. The file must stay reachable until the memory was read: keep it in a
     * field, or use {@link java.lang.ref.Reference#reachabilityFence}. The memory is read-only and may be that of a
     * mapped file: when the disk fails, a system call that is given the address fails with EFAULT.
     *
     * @return 0 when the byte is not resident, lies beyond the end, or has no address that can be told: then
     *     {@link #read} is the way
     */
    default long address(long offset) {
        return 0;
    }

    /** How many bytes follow at {@link #address}, the one at {@code offset} included; 0 when there is no address. */
    default int contiguous(long offset) {
        return 0;
    }

    /** Ends the pin. Idempotent. */
    @Override
    void close();
}
