package io.tftpdc.edge.policy;

import io.tftpdc.tftp.packet.ErrorCode;

/**
 * The client may not have it.
 *
 * @param reason why, for meters and the log
 * @param message what the client is told
 */
public record Refused(Refusal reason, String message) implements Decision {

    public Refused(Refusal reason) {
        this(reason, reason.message());
    }

    public ErrorCode code() {
        return ErrorCode.ACCESS_VIOLATION;
    }
}
