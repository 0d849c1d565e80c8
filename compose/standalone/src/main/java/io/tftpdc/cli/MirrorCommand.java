package io.tftpdc.cli;

import io.tftpdc.mirror.site.CheckReport;
import io.tftpdc.mirror.site.SiteCheck;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.runtime.ConfigFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tftpdc mirror --check FILE}: asks the clusters themselves, so it runs where the mirror is to run. */
@Command(
        name = "mirror",
        description = "Checks a site's mirror against the clusters that its file names, and changes nothing.",
        footer = {
            "",
            "Names every problem with its fix; exit code 1 when there is one. Run it where the mirror is to run:",
            "compose/run mirror FILE runs it."
        },
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
@SuppressWarnings("NullAway.Init") // picocli sets the options before call()
final class MirrorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--check",
            required = true,
            paramLabel = "FILE",
            description = "The site file, such as compose/config/mirror.yaml.")
    private Path file;

    @Override
    public Integer call() {
        quiet();
        CheckReport report = SiteCheck.run(ConfigFile.load(SiteFile.class, file));
        PrintWriter out = spec.commandLine().getOut();
        report.lines().forEach(out::println);
        out.flush();
        return report.problems().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Before the first logger exists: Kafka's clients log as errors what the report tells in its own words. */
    private static void quiet() {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-quiet.xml");
        }
    }
}
