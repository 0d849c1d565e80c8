package io.tftpdc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tftpdc}: each subcommand is one class, listed here. */
@Command(
        name = "tftpdc",
        description = "Firmware, boot files and device configurations: published once, served everywhere.",
        mixinStandardHelpOptions = true,
        versionProvider = TftpdcCommand.Version.class,
        subcommands = {StandaloneCommand.class})
public final class TftpdcCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    public static void main(String[] arguments) {
        int status = commandLine().execute(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** The whole command line, as tests and the reference pages want it too. */
    public static CommandLine commandLine() {
        return new CommandLine(new TftpdcCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new ShortErrors());
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(System.err);
        return CommandLine.ExitCode.USAGE;
    }

    /** From the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = TftpdcCommand.class.getPackage().getImplementationVersion();
            return new String[] {"tftpdc " + (version == null ? "(not built)" : version)};
        }
    }
}
