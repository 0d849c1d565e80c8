package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket;

/** What can happen to a transfer from outside. */
public sealed interface Input {

    /** A packet arrived from the transfer's own client; the shell turns strangers away. */
    record PacketReceived(TftpPacket packet) implements Input {}

    /**
     * The timer that the last {@link Action.ArmTimer} set has run out.
     *
     * @param early what {@link RetransmitTimer#firedEarly} said: the wait was measured by how fast this client usually
     *     answers, not by the patience that it deserves, so this is no retry yet
     */
    record TimerFired(boolean early) implements Input {}

    /**
     * The source came to its end while an {@link Action.SendBlocks} was carried out: the transfer has {@code bytes}
     * bytes in all. Needed only where the size was not known before ({@link TransferSize#UNKNOWN}).
     */
    record SourceEnded(long bytes) implements Input {
        public SourceEnded {
            if (bytes < 0) {
                throw new IllegalArgumentException("a source of " + bytes + " bytes");
            }
        }
    }

    /** The file of an {@link Action.Commit} is durable. */
    record Committed() implements Input {}

    /**
     * The bytes of an upload cannot be stored, at {@link Action.Commit} or before; {@code reason} is told to the client.
     */
    record CommitFailed(ErrorCode code, String reason) implements Input {}

    /** The content of the file cannot be had after all; {@code reason} is told to the client. */
    record SourceFailed(String reason) implements Input {}

    /** The client began the same read anew, and another transfer answers that; this one ends without a word. */
    record Replaced() implements Input {}

    /** The server gives the transfer up, for example because it stops; {@code reason} is told to the client. */
    record Cancelled(String reason) implements Input {}
}
