package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.tftpdc.tftp.transfer.TransferSize;
import java.util.concurrent.CompletionStage;

/**
 * The bytes of one transfer as they travel, read block after block, and again from the last acknowledged block on.
 * Offsets count travelling bytes. Used by one event loop.
 */
interface DataSource extends AutoCloseable {

    /** Known from the start, or {@link TransferSize#UNKNOWN} until {@link #read} comes to the end. */
    TransferSize size();

    /** True when {@code length} bytes from {@code offset} can be read without waiting. */
    boolean resident(long offset, int length);

    /** See {@link io.tftpdc.edge.content.OpenFile#load}. */
    CompletionStage<Void> load(long offset, int length);

    /**
     * Appends up to {@code length} bytes and returns how many; fewer only at the end.
     *
     * @throws RuntimeException when the content cannot be read after all
     */
    int read(long offset, int length, ByteBuf into);

    /** Where the byte at {@code offset} lies in memory, or 0; see {@link io.tftpdc.edge.content.OpenFile#address}. */
    default long address(long offset) {
        return 0;
    }

    /** How many bytes follow at {@link #address}, the one at {@code offset} included. */
    default int contiguous(long offset) {
        return 0;
    }

    /** Nothing before {@code offset} will be read again. */
    void acknowledged(long offset);

    @Override
    void close();
}
