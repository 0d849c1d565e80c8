package io.tftpdc.cli;

import io.tftpdc.launcher.SitesOptions;
import java.net.URI;
import picocli.CommandLine.Option;

/** Where {@code compose/up --sites} lists the sites and their links. */
final class SitesOption {
    static final String DEFAULT = "http://127.0.0.1:" + SitesOptions.SITES_PORT;

    @Option(
            names = "--control",
            paramLabel = "URL",
            description = "Where compose/up --sites lists the sites and their links; ${DEFAULT-VALUE} unless given.",
            defaultValue = DEFAULT)
    @SuppressWarnings("NullAway.Init")
    private URI control;

    SitesClient connect() {
        return new SitesClient(control);
    }
}
