package io.tftpdc.edge.content;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What happened to one request, complete once it is over.
 *
 * @param client the endpoint that asked
 * @param local the endpoint that answered: the address the client called and our transfer port, or the listener's
 *     port when the request was refused before a transfer port was chosen
 * @param tenant the tenant, empty when the request was refused before one was known
 * @param path the path looked for, or as asked for when the request was refused before a lookup
 * @param sha256Hex the version served or stored, empty when there was none
 * @param options the options acknowledged in the OACK (RFC 2347), lower-case name to value, in the order asked
 * @param blockSize bytes in a full DATA packet
 * @param windowSize DATA packets sent per acknowledgement (RFC 7440)
 * @param bytesAcknowledged bytes of the transfer (after netascii translation, where asked for) that the client
 *     acknowledged, or of an upload that the client sent
 * @param durationNanos from the arrival of the request to its end, in nanoseconds
 * @param startedAt wall clock time at which the request arrived
 * @param retransmittedPackets OACK and DATA packets that were sent more than once, each repeat counted
 * @param outcome how it ended
 * @param message the error message sent or received, empty when all went well
 * @param operation which way the bytes went
 */
public record TransferReport(
        InetSocketAddress client,
        InetSocketAddress local,
        String tenant,
        String path,
        String sha256Hex,
        Map<String, String> options,
        int blockSize,
        int windowSize,
        long bytesAcknowledged,
        long durationNanos,
        Instant startedAt,
        long retransmittedPackets,
        Outcome outcome,
        String message,
        Operation operation) {

    public TransferReport {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** Which way the bytes of a transfer go. */
    public enum Operation {
        /** To the client. */
        READ,
        /** From the client: an upload. */
        WRITE
    }

    /** How a request can end. */
    public enum Outcome {
        /** The client acknowledged every byte, or every byte of its upload is stored for good. */
        COMPLETED,
        /** The client sent an ERROR packet in the middle. */
        ABORTED_BY_CLIENT,
        /** The client asked only for the size: ERROR 8 (or 0) in answer to our OACK, as UEFI firmware does. */
        PROBE,
        /** The client went silent and every retry was spent. */
        TIMED_OUT,
        /** There is no such file. */
        NOT_FOUND,
        /** The request is not allowed: a forbidden name, an access rule, a limit. */
        REFUSED,
        /** The file exists but could not be served when it was asked for; or Kafka is away and cannot take an upload. */
        UNAVAILABLE,
        /** The server was stopping. */
        CANCELLED,
        /** Something broke while the transfer ran, for example content that could not be fetched or stored. */
        FAILED
    }
}
