package io.tftpdc.edge.settings;

import io.tftpdc.event.Tenant;
import java.util.Optional;

/** A rule that may be for one tenant only. */
interface OfTenant<R> {
    Optional<String> tenant();

    /** The same rule, for this tenant only. */
    R of(Tenant owner);
}
