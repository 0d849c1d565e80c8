package io.tftpdc.edge.net;

import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Admission;
import io.tftpdc.edge.policy.Ticket;
import io.tftpdc.edge.policy.Verdict;
import io.tftpdc.edge.upload.UploadResult;
import io.tftpdc.edge.upload.UploadSink;
import io.tftpdc.edge.upload.Uploads;
import io.tftpdc.event.FileKey;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.OptionNegotiation;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers write requests: asks {@link Uploads}, agrees on the options, and starts a {@link WriteSession}. */
final class UploadStarter {

    private static final Logger LOG = LoggerFactory.getLogger(UploadStarter.class);

    /** A window may come at once, and has to be taken even when there is hardly room; so none is larger. */
    static final int MOST_WINDOW_BYTES = 1 << 20;

    /** Tells the client why not, and reports it. */
    interface Refusal {
        void answer(Request request, ErrorCode code, String tenant, String path, Outcome outcome, String reason);
    }

    private final SessionLoop loop;
    private final Uploads uploads;
    private final TransferPorts ports;
    private final Refusal refusal;

    UploadStarter(SessionLoop loop, Uploads uploads, TransferPorts ports, Refusal refusal) {
        this.loop = loop;
        this.uploads = uploads;
        this.ports = ports;
        this.refusal = refusal;
    }

    /** Begins an upload of a request that repeats none; takes over the ticket, whatever goes wrong. */
    void begin(Request request, Admission admission, Ticket ticket) {
        try {
            open(request, admission, ticket);
        } catch (RuntimeException | OutOfMemoryError failure) {
            ticket.close();
            LOG.atError()
                    .setMessage("an upload could not be started")
                    .addKeyValue("filePath", admission.path())
                    .addKeyValue("peer", request.client())
                    .setCause(failure)
                    .log();
            refusal.answer(
                    request,
                    ErrorCode.NOT_DEFINED,
                    admission.tenant().value(),
                    admission.path().value(),
                    Outcome.FAILED,
                    "the server failed");
        }
    }

    private void open(Request request, Admission admission, Ticket ticket) {
        FileKey key = new FileKey(admission.tenant(), admission.path());
        switch (uploads.open(request.client(), key, announcedSize(request, admission))) {
            case Uploads.Opening.Accepted accepted -> start(request, admission, ticket, accepted.sink());
            case Uploads.Opening.Busy busy -> {
                ticket.close();
                loop.metrics().dropped(Verdict.BUSY);
            }
            case Uploads.Opening.Refused refused -> {
                ticket.close();
                UploadResult.Refused why = refused.why();
                refusal.answer(
                        request, why.code(), key.tenant().value(), key.path().value(), why.outcome(), why.reason());
            }
        }
    }

    /**
     * Of netascii tsize counts bytes as they travel, so it says nothing about the content. And a tsize of 0 comes from
     * clients that do not know, such as curl that reads a pipe.
     */
    private static OptionalLong announcedSize(Request request, Admission admission) {
        if (request.packet().mode() != TransferMode.OCTET
                || !admission.negotiation().optionsEnabled()) {
            return OptionalLong.empty();
        }
        OptionalLong announced = OptionNegotiation.announcedSize(admission.options());
        return announced.orElse(0) == 0 ? OptionalLong.empty() : announced;
    }

    private void start(Request request, Admission admission, Ticket ticket, UploadSink sink) {
        Optional<TransferPort> port = ports.portFor(request.client(), request.called());
        if (port.isEmpty()) {
            sink.abort();
            ticket.close();
            loop.metrics().dropped(Verdict.BUSY);
            return;
        }
        try {
            TransferTerms terms = terms(admission.options(), admission.negotiation());
            WriteSession session = new WriteSession(loop, request, ticket, sink, terms, port.get());
            loop.registry().started(session);
            session.start();
        } catch (RuntimeException | OutOfMemoryError failure) {
            sink.abort();
            throw failure;
        }
    }

    static TransferTerms terms(List<TftpOption> asked, NegotiationPolicy negotiation) {
        TransferTerms terms = OptionNegotiation.forWrite(asked, negotiation);
        int mostWindow = Math.max(1, MOST_WINDOW_BYTES / terms.blockSize());
        return terms.windowSize() <= mostWindow
                ? terms
                : OptionNegotiation.forWrite(
                        asked,
                        new NegotiationPolicy(
                                negotiation.maxBlockSize(),
                                mostWindow,
                                negotiation.retransmit(),
                                negotiation.rollover(),
                                negotiation.optionsEnabled()));
    }
}
