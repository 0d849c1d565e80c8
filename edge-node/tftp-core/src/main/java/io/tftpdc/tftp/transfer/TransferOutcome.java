package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.ErrorCode;

/** How a transfer ended. */
public sealed interface TransferOutcome {

    /** Every byte was acknowledged: by the client, or, of an upload, by us. */
    record Completed() implements TransferOutcome {}

    /** The client answered the OACK with an ERROR because it only wanted to know the size; not a failure. */
    record Probe() implements TransferOutcome {}

    /** The client sent an ERROR. */
    record AbortedByClient(ErrorCode code, String message) implements TransferOutcome {}

    /** The client stayed silent through every retry. */
    record TimedOut() implements TransferOutcome {}

    /** The server gave up by its own will. */
    record Cancelled(String reason) implements TransferOutcome {}

    /** The content could not be had, or could not be stored. */
    record Failed(String reason) implements TransferOutcome {}
}
