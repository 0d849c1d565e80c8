package io.tftpdc.event;

import java.util.Map;
import java.util.Optional;

/**
 * One transfer from its first packet to its end: who got or sent which bytes, and how it went.
 *
 * @param node the edge node that served it
 * @param protocol {@code tftp} or {@code http}
 * @param clientAddress numeric address of the client
 * @param clientPort UDP or TCP port of the client
 * @param path as looked up, after normalisation
 * @param contentHash of the version that was served or stored; empty when none was
 * @param options as acknowledged, in the order of the packet; empty when none were
 * @param bytes of content that the client acknowledged, or of an upload, that it sent
 * @param durationMicros from the request to the end
 * @param retransmissions packets sent again
 * @param outcome how it ended: {@code COMPLETED}, {@code TIMED_OUT}, {@code NOT_FOUND}, ...
 * @param detail for people: the error message, or empty
 * @param operation {@link #READ} or {@link #WRITE}
 */
public record TransferEvent(
        EventEnvelope envelope,
        String node,
        String protocol,
        String clientAddress,
        int clientPort,
        Tenant tenant,
        String path,
        Optional<Sha256> contentHash,
        Map<String, String> options,
        long bytes,
        long durationMicros,
        long retransmissions,
        String outcome,
        String detail,
        String operation) {

    /** The client got the file. */
    public static final String READ = "read";

    /** The client sent the file. */
    public static final String WRITE = "write";
}
