package io.tftpdc.edge.net;

import io.tftpdc.tftp.transfer.Input;
import io.tftpdc.tftp.transfer.TransferId;
import java.nio.ByteBuffer;

/** One running transfer, a read or an upload. Used by one event loop. */
interface Session {

    TransferId id();

    Request request();

    /** True when {@code again}, for the same file, cannot be a late copy of the request that began this transfer. */
    boolean supersededBy(Request again);

    /** Something happened. A packet's payload is valid only during the call. */
    void on(Input input);

    /**
     * The short way for the most frequent packet: takes an ACK if it is the ordinary next one, and otherwise does nothing,
     * so that it goes to {@link #on} like any other packet.
     *
     * @param block as on the wire, 0 to 65535
     * @param nowNanos on the clock of {@link LoopTimers}
     */
    default boolean acknowledged(int block, long nowNanos) {
        return false;
    }

    /**
     * The short way for the packets of an upload: takes a DATA packet if it is the ordinary next one, and otherwise does
     * nothing, so that it goes to {@link #on} like any other packet.
     *
     * @param block as on the wire, 0 to 65535
     * @param payload valid only during the call
     * @param nowNanos on the clock of {@link LoopTimers}
     */
    default boolean received(int block, ByteBuffer payload, long nowNanos) {
        return false;
    }
}
