package io.tftpdc.edge.policy;

import io.tftpdc.event.FilePath;
import io.tftpdc.event.Tenant;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import java.util.List;
import java.util.Optional;

/**
 * The client may have it, if it is there.
 *
 * @param query what to look for
 * @param otherwise what to answer when nothing of it is there; empty means "file not found"
 * @param options those of the client's options that may be answered
 * @param negotiation how far to go along with them
 */
public record Admission(
        FileQuery query, Optional<Refused> otherwise, List<TftpOption> options, NegotiationPolicy negotiation)
        implements Decision {
    public Admission {
        options = List.copyOf(options);
    }

    public Tenant tenant() {
        return query.tenant();
    }

    /** The name that a write goes to, and that a report shows: what is looked for first. */
    public FilePath path() {
        return query.paths().getFirst();
    }
}
