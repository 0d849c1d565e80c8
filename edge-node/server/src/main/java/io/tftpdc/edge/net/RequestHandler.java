package io.tftpdc.edge.net;

import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Admission;
import io.tftpdc.edge.policy.Asked;
import io.tftpdc.edge.policy.Operation;
import io.tftpdc.edge.policy.RefusalLog;
import io.tftpdc.edge.policy.Refused;
import io.tftpdc.edge.policy.RequestPolicy;
import io.tftpdc.edge.upload.Uploads;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.Malformed;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Input;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Takes the requests of one event loop's clients through these stages:
 *
 * <pre>
 *   too many? ─► asked before? ─► RequestPolicy ─► too many at once? ─► Lookups ─► ReadStarter ─► ReadSession
 *   dropped      to its transfer  refused          dropped            └► UploadStarter ─► WriteSession
 * </pre>
 *
 * One transfer per client endpoint and file: a repeated request goes to the transfer or lookup that is already there.
 */
final class RequestHandler {

    private static final String STOPPING = "the server is stopping";

    private final SessionLoop loop;
    private final TransferPorts ports;
    private final InstantSource clock;
    private final Answers answers;
    private final Lookups lookups;
    private final UploadStarter uploads;
    private final RefusalLog refusals;
    private RequestPolicy policy;
    private boolean stopped;

    RequestHandler(
            SessionLoop loop,
            FileSource files,
            Uploads uploads,
            TransferPorts ports,
            RequestPolicy policy,
            InstantSource clock) {
        this.loop = loop;
        this.ports = ports;
        this.policy = policy;
        this.clock = clock;
        this.answers = new Answers(loop, ports);
        this.lookups = new Lookups(loop, files, answers, new ReadStarter(loop, ports));
        this.uploads = new UploadStarter(loop, uploads, ports, answers::refuse);
        this.refusals = new RefusalLog(loop.timers().nanos());
    }

    /** Another policy from now on. */
    void use(RequestPolicy newPolicy) {
        policy = newPolicy;
    }

    /** Whatever arrived at a listener. */
    void handle(Received received) {
        if (stopped) {
            return;
        }
        InetSocketAddress client = received.client();
        InetAddress called = received.local().getAddress();
        switch (received.content()) {
            case ReadRequest packet -> {
                loop.metrics().readRequests.increment();
                request(client, called, packet);
            }
            case WriteRequest packet -> {
                loop.metrics().writeRequests.increment();
                request(client, called, packet);
            }
            case Malformed malformed -> answers.outOfPlace(client, called, malformed.reason());
            case Data packet -> answers.outOfPlace(client, called, "expected a request here, got DATA");
            case Ack packet -> answers.outOfPlace(client, called, "expected a request here, got ACK");
            case OptionAck packet -> answers.outOfPlace(client, called, "expected a request here, got OACK");
            case ErrorPacket packet -> loop.metrics().malformed.increment(); // an ERROR is never answered
        }
    }

    private void request(InetSocketAddress client, InetAddress called, TftpPacket.Request packet) {
        long now = loop.timers().nanos();
        if (!loop.limits().admitsRequest(client.getAddress(), now)) {
            return;
        }
        Request request = new Request(client, called, packet, clock.instant(), now);
        if (lookups.isWaiting(request.key()) || continues(request)) {
            return;
        }
        if (packet.mode() == TransferMode.MAIL) {
            answers.refuse(
                    request,
                    ErrorCode.ILLEGAL_OPERATION,
                    "",
                    packet.filename(),
                    Outcome.REFUSED,
                    "mail mode is obsolete; use octet or netascii");
            return;
        }
        Asked asked = new Asked(
                client.getAddress(),
                called,
                packet instanceof WriteRequest ? Operation.WRITE : Operation.READ,
                packet.filename(),
                packet.options());
        switch (policy.decide(asked)) {
            case Refused refused -> refuse(request, refused);
            case Admission admission -> admitted(request, admission);
        }
    }

    /** Whether the request belongs to a transfer that runs. */
    private boolean continues(Request request) {
        Optional<Session> running = loop.registry().find(request.key());
        if (running.isEmpty()) {
            return false;
        }
        if (running.get().supersededBy(request)) {
            running.get().on(new Input.Replaced());
            return false;
        }
        running.get().on(new Input.PacketReceived(request.packet()));
        return true;
    }

    private void refuse(Request request, Refused refused) {
        loop.metrics().refused(refused.reason());
        String name = request.packet().filename();
        refusals.log(request.client(), refused, name, request.arrivedNanos());
        answers.refuse(request, refused.code(), "", name, Outcome.REFUSED, refused.message());
    }

    private void admitted(Request request, Admission admission) {
        loop.limits()
                .open(request.client().getAddress(), admission.tenant(), request.arrivedNanos())
                .ifPresent(ticket -> {
                    if (request.packet() instanceof WriteRequest) {
                        uploads.begin(request, admission, ticket);
                    } else {
                        lookups.begin(request, admission, ticket);
                    }
                });
    }

    /** Tells every client, then closes the ports. */
    void stop() {
        stopped = true;
        lookups.stop(STOPPING);
        loop.registry().all().forEach(session -> session.on(new Input.Cancelled(STOPPING)));
        ports.close();
    }
}
