package io.tftpdc.cli;

import io.tftpdc.client.TftpdcClient;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the admin API is: {@code --url} here or before the subcommand, or the environment, or this machine. */
final class ServerOption {
    static final String DEFAULT_URL = "http://localhost:8080";
    static final String ENVIRONMENT = "TFTPDC_URL";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec command;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The admin API; else " + ENVIRONMENT + " from the environment, else " + DEFAULT_URL + ".")
    private @Nullable String url;

    TftpdcClient connect() {
        return new TftpdcClient(url());
    }

    URI url() {
        String given = url;
        if (given == null && command.root().userObject() instanceof TftpdcCommand root) {
            given = root.url();
        }
        if (given == null) {
            given = System.getenv().getOrDefault(ENVIRONMENT, DEFAULT_URL);
        }
        try {
            URI parsed = URI.create(given);
            if (parsed.getHost() != null && ("http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme()))) {
                return parsed;
            }
        } catch (IllegalArgumentException e) {
            throw wrong(given);
        }
        throw wrong(given);
    }

    private ParameterException wrong(String given) {
        return new ParameterException(
                command.commandLine(),
                "The URL of the admin API is '" + given + "'; expected for example " + DEFAULT_URL);
    }
}
