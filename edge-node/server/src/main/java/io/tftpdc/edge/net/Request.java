package io.tftpdc.edge.net;

import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;

/**
 * One request as it arrived.
 *
 * @param client where it came from, and where every answer goes
 * @param called the local address the client called, from which it expects its answers
 * @param packet what it asks for
 * @param arrived wall clock time
 * @param arrivedNanos the same on the monotonic clock
 */
record Request(
        InetSocketAddress client, InetAddress called, TftpPacket.Request packet, Instant arrived, long arrivedNanos) {

    /**
     * By this a repeated request is known for one: the same client asks the same address for the same file.
     *
     * @param scope interface of a link-local address, which addresses do not compare
     */
    record Key(InetSocketAddress client, InetAddress called, int scope, String filename) {}

    Key key() {
        return new Key(client, called, called instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0, packet.filename());
    }

    /** Reports a request that never became a transfer. */
    TransferReport failed(
            InetSocketAddress local, String tenant, String path, Outcome outcome, String message, long nowNanos) {
        return new TransferReport(
                client,
                local,
                tenant,
                path,
                "",
                Map.of(),
                0,
                0,
                0,
                nowNanos - arrivedNanos,
                arrived,
                0,
                outcome,
                message,
                packet instanceof WriteRequest ? Operation.WRITE : Operation.READ);
    }
}
