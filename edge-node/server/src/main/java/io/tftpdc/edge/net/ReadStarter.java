package io.tftpdc.edge.net;

import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.edge.policy.Admission;
import io.tftpdc.edge.policy.Ticket;
import io.tftpdc.edge.policy.Verdict;
import io.tftpdc.tftp.transfer.OptionNegotiation;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.util.Optional;

/** Begins a read of a file that was found: takes a port, agrees on the options, and starts a {@link ReadSession}. */
final class ReadStarter implements Lookups.Starter {

    private final SessionLoop loop;
    private final TransferPorts ports;

    ReadStarter(SessionLoop loop, TransferPorts ports) {
        this.loop = loop;
        this.ports = ports;
    }

    @Override
    public void start(Request request, Admission admission, Ticket ticket, OpenFile file) {
        Optional<TransferPort> port = ports.portFor(request.client(), request.called());
        if (port.isEmpty()) {
            file.close();
            ticket.close();
            loop.metrics().dropped(Verdict.BUSY);
            return;
        }
        DataSource source =
                switch (request.packet().mode()) {
                    case NETASCII -> NetasciiSource.of(file, port.get().allocator(), admission.options());
                    case OCTET, MAIL -> new OctetSource(file);
                };
        TransferTerms terms = OptionNegotiation.forRead(admission.options(), source.size(), admission.negotiation());
        ReadSession session = new ReadSession(loop, request, ticket, file, source, terms, port.get());
        loop.registry().started(session);
        session.start();
    }
}
