package io.tftpdc.cli;

import picocli.CommandLine.Option;

/** Whose files are meant. */
final class TenantOption {
    @Option(
            names = {"-t", "--tenant"},
            paramLabel = "TENANT",
            description = "Whose files; ${DEFAULT-VALUE} unless given.",
            defaultValue = "default")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String tenant;

    String tenant() {
        return tenant;
    }
}
