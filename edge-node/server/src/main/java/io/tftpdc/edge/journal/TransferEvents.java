package io.tftpdc.edge.journal;

import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.TransferEvent;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Function;

/** Turns what a listener reports into an event. Pure. */
final class TransferEvents {
    /** Kafka's key for what was asked for under a name that is none. */
    private static final FilePath NO_NAME = new FilePath("not-a-file-name");

    private TransferEvents() {}

    /** @param tenants whose client an address is, for requests that were refused before that was asked */
    static TransferEvent event(
            String protocol,
            TransferReport report,
            EventEnvelope envelope,
            NodeIdentity node,
            Function<InetAddress, Tenant> tenants) {
        InetAddress client = report.client().getAddress();
        return new TransferEvent(
                envelope,
                node.node(),
                protocol,
                client.getHostAddress(),
                report.client().getPort(),
                Tenant.isValid(report.tenant()) ? new Tenant(report.tenant()) : tenants.apply(client),
                report.path(),
                report.sha256Hex().isEmpty() ? Optional.empty() : Optional.of(Sha256.parse(report.sha256Hex())),
                report.options(),
                report.bytesAcknowledged(),
                report.durationNanos() / 1_000,
                report.retransmittedPackets(),
                report.outcome().name(),
                report.message(),
                switch (report.operation()) {
                    case READ -> TransferEvent.READ;
                    case WRITE -> TransferEvent.WRITE;
                });
    }

    /** The key of the event's record, so that all about a file is in one partition. */
    static FileKey keyOf(TransferEvent event) {
        FilePath path =
                switch (FilePath.parse(event.path())) {
                    case FilePath.Parsed.Valid valid -> valid.path();
                    case FilePath.Parsed.Invalid invalid -> NO_NAME;
                };
        return new FileKey(event.tenant(), path);
    }
}
