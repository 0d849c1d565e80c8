package io.tftpdc.edge.net;

import io.tftpdc.tftp.transfer.TransferSize;
import io.tftpdc.tftp.transfer.TransferTerms;

/** Sends the blocks of one read. Used by one event loop. */
interface BlockSender {

    /** What is sent, and who wants to know how that goes. */
    interface Blocks {
        TransferTerms terms();

        /** As far as it is known by now. */
        TransferSize size();

        DataSource source();

        /** The source came to its end, after so many bytes in all, in a block that was to be a full one. */
        void sourceEnded(long bytes);

        /** Bytes that were said to be resident could not be read. */
        void sourceFailed(Throwable failure);
    }

    /**
     * Sends blocks {@code first} to {@code last}, counted from 1; their bytes are resident. Instead of whatever of an
     * earlier call is still waiting for the kernel, unless this goes on where that ends.
     */
    void send(long first, long last);

    /** The client has everything up to this block: none of it is sent any more, and its bytes may be forgotten. */
    void confirmed(long block);

    /** Forgets what is still waiting. */
    void cancel();
}
