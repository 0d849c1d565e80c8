package io.tftpdc.edge.upload;

import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.event.Sha256;
import io.tftpdc.tftp.packet.ErrorCode;

/** What became of an upload. */
public sealed interface UploadResult {

    /**
     * It is stored for good.
     *
     * @param hash of the content
     * @param size of the content in bytes
     * @param where it is safe now
     */
    record Stored(Sha256 hash, long size, Place where) implements UploadResult {}

    /**
     * It is not, and nobody will ever see it unless the reason says otherwise.
     *
     * @param reason what was found, what was expected and what to do; sent to the client
     * @param outcome as it is reported
     */
    record Refused(ErrorCode code, String reason, Outcome outcome) implements UploadResult {

        static Refused notAllowed(ErrorCode code, String reason) {
            return new Refused(code, reason, Outcome.REFUSED);
        }

        static Refused unavailable(String reason) {
            return new Refused(ErrorCode.NOT_DEFINED, reason, Outcome.UNAVAILABLE);
        }

        static Refused failed(String reason) {
            return new Refused(ErrorCode.NOT_DEFINED, reason, Outcome.FAILED);
        }
    }

    /** Where an upload is safe when it is acknowledged. */
    enum Place {
        /** Content and event, in every in-sync replica. */
        KAFKA,
        /** On this node's disk, forced to it; Kafka gets it when it can. */
        SPOOL
    }
}
