package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpPacket;
import java.time.Duration;

/** What the shell must do, in the order given. */
public sealed interface Action {

    /** Send this packet to the client. */
    record Send(TftpPacket packet) implements Action {}

    /**
     * Send DATA with these bytes of the transfer. Where the size is not known before, fewer bytes may be left: then
     * send those (perhaps none), skip every later {@code SendData} of the same step, and feed
     * {@link Input.SourceEnded}.
     *
     * @param block the number on the wire
     * @param offset of the first byte, counted in bytes as they travel (after netascii translation)
     * @param length bytes to send; less than the block size, perhaps zero, for the last block
     */
    record SendData(BlockNumber block, long offset, int length) implements Action {}

    /** Feed {@link Input.TimerFired} after {@code delay}, instead of whenever the timer would have fired before. */
    record ArmTimer(Duration delay) implements Action {}

    /** The transfer is over: forget the timer, release everything, report. Always the last action of a transfer. */
    record Finish(TransferOutcome outcome) implements Action {}
}
