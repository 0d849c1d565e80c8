package io.tftpdc.edge.net;

import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Says no to the clients of one event loop, as often as the limits allow. An error message that would be one too many is
 * neither sent nor reported, only counted: whoever sends so many requests is not to fill the journal with them either.
 */
final class Answers {

    private final SessionLoop loop;
    private final TransferPorts ports;

    Answers(SessionLoop loop, TransferPorts ports) {
        this.loop = loop;
        this.ports = ports;
    }

    /** Tells the client why its request does not become a transfer, and reports it. */
    void refuse(Request request, ErrorCode code, String tenant, String path, Outcome outcome, String message) {
        if (!admits(request.client())) {
            return;
        }
        ports.portFor(request.client(), request.called()).ifPresent(port -> {
            port.send(ErrorPacket.of(code, message), request.client());
            port.flush();
            loop.reports()
                    .accept(request.failed(
                            port.local(),
                            tenant,
                            path,
                            outcome,
                            message,
                            loop.timers().nanos()));
        });
    }

    /** Answers what is no request. */
    void outOfPlace(InetSocketAddress client, InetAddress called, String reason) {
        loop.metrics().malformed.increment();
        if (!admits(client)) {
            return;
        }
        ports.portFor(client, called).ifPresent(port -> {
            port.send(ErrorPacket.of(ErrorCode.ILLEGAL_OPERATION, reason), client);
            port.flush();
        });
    }

    private boolean admits(InetSocketAddress client) {
        return loop.limits().admitsError(client.getAddress(), loop.timers().nanos());
    }
}
