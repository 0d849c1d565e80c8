package io.tftpdc.cli;

import io.tftpdc.event.SiteName;
import io.tftpdc.launcher.LaunchException;
import io.tftpdc.launcher.Launcher;
import io.tftpdc.launcher.SitesOptions;
import io.tftpdc.launcher.StandaloneDirectory;
import io.tftpdc.launcher.StandaloneOptions;
import io.tftpdc.launcher.StandaloneOptions.Peer;
import io.tftpdc.launcher.StandaloneOptions.Ports;
import io.tftpdc.runtime.ChildMain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tftpdc standalone}, which is what {@code compose/up} runs. */
@Command(
        name = "standalone",
        description = "Runs the whole system on this machine: Kafka, schema registry, index, edge node, REST. With"
                + " --sites, several whole sites and the mirrors between them.",
        footer = {
            "",
            "Prints the line \"ready\" when publishing and serving work; with several sites, when what any of them"
                    + " publishes comes from all of them. Ctrl-C stops it.",
            "Logs are in DIR/logs. Started by compose/up, which builds when sources are newer; with --rebuild, always."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        usageHelpAutoWidth = true)
final class StandaloneCommand implements Callable<Integer> {

    /** Of a site whose parent was killed: its parts are ended one after the other. */
    private static final Duration PATIENCE_WHEN_PARENT_IS_GONE = Duration.ofSeconds(50);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--sites",
            paramLabel = "N",
            description = "How many sites to run, 1 to 5: dc1, dc2 and so on, each in DIR/SITE, the ports of each 100"
                    + " higher than those of the one before.",
            defaultValue = "1")
    private int sites;

    @Option(names = "--tftp-port", paramLabel = "PORT", description = "TFTP, over UDP.", defaultValue = "6969")
    private int tftpPort;

    @Option(
            names = "--edge-http-port",
            paramLabel = "PORT",
            description = "The same files over HTTP, and the edge's health and metrics.",
            defaultValue = "8069")
    private int edgeHttpPort;

    @Option(names = "--http-port", paramLabel = "PORT", description = "REST and the console.", defaultValue = "8080")
    private int httpPort;

    @Option(names = "--kafka-port", paramLabel = "PORT", description = "Kafka.", defaultValue = "9092")
    private int kafkaPort;

    @Option(names = "--registry-port", paramLabel = "PORT", description = "Schema registry.", defaultValue = "8081")
    private int registryPort;

    @Option(
            names = "--streams-port",
            paramLabel = "PORT",
            description = "Queries of the index, health and metrics of the processors.",
            defaultValue = "8082")
    private int streamsPort;

    @Option(
            names = "--mirror-port",
            paramLabel = "PORT",
            description = "With --sites: health and metrics of MirrorMaker.",
            defaultValue = "8083")
    private int mirrorPort;

    @Option(
            names = "--sites-port",
            paramLabel = "PORT",
            description = "With --sites: the sites and the links between them, on 127.0.0.1; see tftpdc demo.",
            defaultValue = "8084")
    private int sitesPort;

    @Option(
            names = "--port-offset",
            paramLabel = "N",
            description = "Added to every port, to run beside something else.",
            defaultValue = "0")
    private int portOffset;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where everything is kept; one system at a time may use it.",
            defaultValue = "./data")
    @SuppressWarnings("NullAway.Init")
    private Path dataDirectory;

    @Option(names = "--site", paramLabel = "NAME", description = "The name of this datacenter.", defaultValue = "dc1")
    @SuppressWarnings("NullAway.Init")
    private String site;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = "Where TFTP and the edge's HTTP listen; all addresses when not given.",
            defaultValue = "",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    @SuppressWarnings("NullAway.Init")
    private String listenHost;

    @Option(
            names = "--control-listen",
            paramLabel = "ADDRESS",
            description =
                    "Where Kafka, the registry, REST and queries listen. There is no password yet: keep it local.",
            defaultValue = "127.0.0.1")
    @SuppressWarnings("NullAway.Init")
    private String controlHost;

    @Option(
            names = "--advertise",
            paramLabel = "HOST",
            description = "What Kafka tells its clients to connect to; the address it listens on when not given, or an"
                    + " address of this machine when it listens on all.",
            defaultValue = "",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    @SuppressWarnings("NullAway.Init")
    private String advertisedHost;

    @Option(
            names = "--uploads",
            paramLabel = "PATTERN",
            description =
                    "Lets TFTP clients write files whose path fits, such as 'incoming/**'; may be repeated. Without"
                            + " it nobody may write.")
    private List<String> uploads = List.of();

    @Option(names = "--peer", hidden = true, description = "Another site; given by the process that runs several.")
    private List<String> peers = List.of();

    @Option(
            names = "--end-with-input",
            hidden = true,
            description = "Ends when standard input does; given by the process that runs several.")
    private boolean endWithInput;

    @Override
    public Integer call() throws LaunchException, InterruptedException {
        StandaloneOptions options = options();
        if (sites < 1 || sites > SitesOptions.MOST) {
            throw wrong("--sites is " + sites + "; expected 1 to " + SitesOptions.MOST);
        }
        if (sites > 1 && !site.equals(SitesOptions.FIRST_SITE)) {
            throw wrong("--site is " + site + ", but several sites have names already; leave out --site or --sites");
        }
        StandaloneDirectory directory = StandaloneDirectory.claim(dataDirectory.normalize());
        logTo(directory.logs());
        if (endWithInput) {
            ChildMain.endWithParent(PATIENCE_WHEN_PARENT_IS_GONE);
        }
        Launcher launcher = sites == 1
                ? Launcher.of(options, directory, System.out)
                : Launcher.of(new SitesOptions(sites, options, sitesPort + portOffset), directory, System.out);
        Runtime.getRuntime().addShutdownHook(new Thread(launcher::close, "stop"));
        launcher.start();
        launcher.awaitClosed();
        return 0;
    }

    private StandaloneOptions options() {
        return new StandaloneOptions(
                new SiteName(site),
                listenHost,
                controlHost,
                StandaloneOptions.advertisedHost(advertisedHost, controlHost),
                new Ports(tftpPort, edgeHttpPort, httpPort, kafkaPort, registryPort, streamsPort, mirrorPort)
                        .plus(portOffset),
                uploads,
                peers.stream().map(Peer::parse).toList());
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what);
    }

    /** Before the first logger exists: standard output belongs to the launch lines. */
    private static void logTo(Path directory) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-standalone.xml");
        }
        System.setProperty("tftpdc.log.dir", directory.toAbsolutePath().toString());
    }
}
