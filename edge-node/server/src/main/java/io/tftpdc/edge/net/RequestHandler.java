package io.tftpdc.edge.net;

import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.upload.Uploads;
import io.tftpdc.event.FilePath;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.Malformed;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Input;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.OptionNegotiation;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one event loop's clients: looks the file up, agrees on the options, and starts a
 * {@link ReadSession}, or has {@link UploadStarter} start an upload; or says at once why not. One transfer per client endpoint and file: a repeated request goes to the
 * transfer or lookup that is already there.
 */
final class RequestHandler {

    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
    private static final String STOPPING = "the server is stopping";

    private final ReadSession.Loop loop;
    private final FileSource files;
    private final TransferPorts ports;
    private final NegotiationPolicy negotiation;
    private final InstantSource clock;
    private final UploadStarter uploads;
    private final Map<Request.Key, PendingLookup> lookups = new HashMap<>();
    private boolean stopped;

    RequestHandler(
            ReadSession.Loop loop,
            FileSource files,
            Uploads uploads,
            TransferPorts ports,
            NegotiationPolicy negotiation,
            InstantSource clock) {
        this.loop = loop;
        this.files = files;
        this.ports = ports;
        this.negotiation = negotiation;
        this.clock = clock;
        this.uploads = new UploadStarter(loop, uploads, ports, this::answer);
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
                read(new Request(
                        client, called, packet, clock.instant(), loop.timers().nanos()));
            }
            case WriteRequest packet -> {
                loop.metrics().writeRequests.increment();
                write(new Request(
                        client, called, packet, clock.instant(), loop.timers().nanos()));
            }
            case Malformed malformed -> outOfPlace(client, called, malformed.reason());
            case Data packet -> outOfPlace(client, called, "expected a request here, got DATA");
            case Ack packet -> outOfPlace(client, called, "expected a request here, got ACK");
            case OptionAck packet -> outOfPlace(client, called, "expected a request here, got OACK");
            case ErrorPacket packet -> loop.metrics().malformed.increment(); // an ERROR is never answered
        }
    }

    private void read(Request request) {
        if (lookups.containsKey(request.key())) {
            return; // its answer is on the way
        }
        admit(request).ifPresent(path -> {
            if (loop.slots().tryTake()) {
                new PendingLookup(request).begin(path.value());
            } else {
                loop.metrics().busy.increment();
            }
        });
    }

    private void write(Request request) {
        admit(request).ifPresent(path -> uploads.begin(request, path, negotiation));
    }

    /** The path of a request that is to begin a transfer; empty when it is answered already. */
    private Optional<FilePath> admit(Request request) {
        Optional<Session> running = loop.registry().find(request.key());
        if (running.isPresent()) {
            if (!running.get().supersededBy(request)) {
                running.get().on(new Input.PacketReceived(request.packet()));
                return Optional.empty();
            }
            running.get().on(new Input.Replaced());
        }
        if (request.packet().mode() == TransferMode.MAIL) {
            refuse(request, ErrorCode.ILLEGAL_OPERATION, "mail mode is obsolete; use octet or netascii");
            return Optional.empty();
        }
        return switch (RequestedPath.of(request.packet().filename())) {
            case FilePath.Parsed.Valid valid -> Optional.of(valid.path());
            case FilePath.Parsed.Invalid invalid -> {
                refuse(request, ErrorCode.ACCESS_VIOLATION, invalid.reason());
                yield Optional.empty();
            }
        };
    }

    /** From asking for the file until it is known; holds a slot, and gives up after a while. */
    private final class PendingLookup {

        private final Request request;
        private final TimerWheel.Timer giveUp = loop.timers().newTimer(this::tookTooLong);
        private String path = "";
        private boolean over;

        PendingLookup(Request request) {
            this.request = request;
        }

        void begin(String requestedPath) {
            path = requestedPath;
            lookups.put(request.key(), this);
            loop.timers().arm(giveUp, loop.contentWait());
            CompletionStage<Lookup> answer;
            try {
                answer = files.open(request.client(), path);
            } catch (RuntimeException failure) {
                answer = CompletableFuture.failedFuture(failure);
            }
            answer.whenComplete(this::answeredSomewhere);
        }

        private void answeredSomewhere(@Nullable Lookup lookup, @Nullable Throwable failure) {
            if (loop.eventLoop().inEventLoop()) {
                answered(lookup, failure);
                return;
            }
            try {
                loop.eventLoop().execute(() -> answered(lookup, failure));
            } catch (RejectedExecutionException stoppedMeanwhile) {
                closeFile(lookup);
            }
        }

        private void answered(@Nullable Lookup lookup, @Nullable Throwable failure) {
            if (over) {
                closeFile(lookup);
                return;
            }
            if (lookup instanceof Lookup.Found found) {
                end();
                startTransfer(request, found);
                return;
            }
            release();
            if (lookup == null) {
                LOG.atWarn()
                        .setMessage("looking a file up failed")
                        .addKeyValue("filePath", path)
                        .addKeyValue("peer", request.client())
                        .setCause(failure)
                        .log();
                answer(ErrorCode.NOT_DEFINED, "", path, Outcome.FAILED, "the server failed to look the file up");
                return;
            }
            switch (lookup) {
                case Lookup.Found found -> throw new AssertionError("handled above");
                case Lookup.NotFound no ->
                    answer(ErrorCode.FILE_NOT_FOUND, no.tenant(), no.path(), Outcome.NOT_FOUND, "file not found");
                case Lookup.Refused no ->
                    answer(ErrorCode.ACCESS_VIOLATION, no.tenant(), no.path(), Outcome.REFUSED, no.reason());
                case Lookup.Unavailable no ->
                    answer(ErrorCode.NOT_DEFINED, no.tenant(), no.path(), Outcome.UNAVAILABLE, no.reason());
            }
        }

        private void tookTooLong() {
            String reason =
                    "the file was not found within " + loop.contentWait().toSeconds() + " seconds; try again later";
            release();
            answer(ErrorCode.NOT_DEFINED, "", path, Outcome.UNAVAILABLE, reason);
        }

        private void stop() {
            release();
            answer(ErrorCode.NOT_DEFINED, "", path, Outcome.CANCELLED, STOPPING);
        }

        private void release() {
            end();
            loop.slots().release();
        }

        private void end() {
            over = true;
            lookups.remove(request.key());
            loop.timers().disarm(giveUp);
        }

        private void answer(ErrorCode code, String tenant, String foundPath, Outcome outcome, String message) {
            RequestHandler.this.answer(request, code, tenant, foundPath, outcome, message);
        }

        private void closeFile(@Nullable Lookup lookup) {
            if (lookup instanceof Lookup.Found found) {
                found.file().close();
            }
        }
    }

    /** The slot goes over to the session. */
    private void startTransfer(Request request, Lookup.Found found) {
        Optional<TransferPort> port = ports.portFor(request.client(), request.called());
        if (port.isEmpty()) {
            found.file().close();
            loop.slots().release();
            loop.metrics().busy.increment();
            return;
        }
        DataSource source =
                switch (request.packet().mode()) {
                    case NETASCII ->
                        NetasciiSource.of(
                                found.file(),
                                port.get().allocator(),
                                request.packet().options());
                    case OCTET, MAIL -> new OctetSource(found.file());
                };
        TransferTerms terms = OptionNegotiation.forRead(request.packet().options(), source.size(), negotiation);
        ReadSession session = new ReadSession(loop, request, found.file(), source, terms, port.get());
        loop.registry().started(session);
        session.start();
    }

    private void refuse(Request request, ErrorCode code, String reason) {
        answer(request, code, "", request.packet().filename(), Outcome.REFUSED, reason);
    }

    private void answer(Request request, ErrorCode code, String tenant, String path, Outcome outcome, String message) {
        ports.portFor(request.client(), request.called()).ifPresent(port -> {
            port.send(ErrorPacket.of(code, message), request.client());
            port.flush();
            TransferReport report = request.failed(
                    port.local(), tenant, path, outcome, message, loop.timers().nanos());
            loop.reports().accept(report);
        });
    }

    private void outOfPlace(InetSocketAddress client, InetAddress called, String reason) {
        loop.metrics().malformed.increment();
        ports.portFor(client, called).ifPresent(port -> {
            port.send(ErrorPacket.of(ErrorCode.ILLEGAL_OPERATION, reason), client);
            port.flush();
        });
    }

    /** Tells every client, then closes the ports. */
    void stop() {
        stopped = true;
        List.copyOf(lookups.values()).forEach(PendingLookup::stop);
        loop.registry().all().forEach(session -> session.on(new Input.Cancelled(STOPPING)));
        ports.close();
    }
}
