package io.tftpdc.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tftpdc}: each subcommand is one class, listed here. */
@Command(
        name = "tftpdc",
        description = "Firmware, boot files and device configurations: published once, served everywhere.",
        mixinStandardHelpOptions = true,
        versionProvider = TftpdcCommand.Version.class,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed; standard error says why", "2:not understood"},
        subcommands = {
            PublishCommand.class,
            ListCommand.class,
            GetCommand.class,
            HistoryCommand.class,
            RemoveCommand.class,
            TenantsCommand.class,
            SitesCommand.class,
            ConfigCommand.class,
            SyncStatusCommand.class,
            ConflictsCommand.class,
            NodesCommand.class,
            PlacementCommand.class,
            MirrorCommand.class,
            StandaloneCommand.class,
            DemoCommand.class,
            BenchCommand.class
        })
public final class TftpdcCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The admin API; else " + ServerOption.ENVIRONMENT + " from the environment, else "
                    + ServerOption.DEFAULT_URL + ".")
    private @Nullable String url;

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

    /** What was given before the subcommand, if anything. */
    @Nullable
    String url() {
        return url;
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
