package io.tftpdc.launcher;

import io.tftpdc.launcher.StandaloneOptions.Peer;
import io.tftpdc.launcher.SupervisedProcess.Signal;
import io.tftpdc.runtime.ClassDataArchive;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka as a child process with a class path of its own, started again whenever it dies.
 *
 * <p>In a process of its own because Kafka answers a full disk or a broken log by halting its JVM. {@link #start()} and
 * {@link #close()} are for the launcher; everything else may be called by any thread.
 */
public final class BrokerProcess implements Component {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerProcess.class);

    static final String MAIN_CLASS = "io.tftpdc.broker.BrokerMain";

    private final SupervisedProcess process;
    private volatile String address = "(starting)";

    /**
     * What is run.
     *
     * @param javaHome the JDK or JRE that runs it
     * @param libraries the directory that its jars are in
     * @param classPath its jars, in this order
     * @param port for clients; 0 takes a free one at the first start and keeps it
     * @param advertisedHost what clients are told to connect to
     * @param internalPort on loopback, for this process; 0 for none
     * @param peers each gets a listener of its own, behind its proxy
     * @param logFile what Kafka logs; older pieces lie beside it
     * @param archive its class data archive; absent at first, written when it ends
     */
    record Settings(
            Path javaHome,
            Path libraries,
            List<Path> classPath,
            Path dataDirectory,
            String host,
            int port,
            String advertisedHost,
            int internalPort,
            List<Peer> peers,
            Path logFile,
            Path archive) {

        /** Most of what a broker needs is page cache, not heap; records of 64 MiB have to fit, though. */
        private static final String HEAP = "-Xmx384m";

        List<String> command(int portNow) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(javaHome.resolve("bin").resolve("java").toString());
            command.add(HEAP);
            command.add("-XX:+UseSerialGC");
            command.add("-XX:TieredStopAtLevel=1");
            command.add("-XX:+ExitOnOutOfMemoryError");
            command.addAll(JvmFlags.quiet(Runtime.version().feature()));
            command.addAll(ClassDataArchive.flags(archive, libraries));
            command.add("-Dlogback.configurationFile=logback-broker.xml");
            command.add("-Dtftpdc.log.file=" + logFile.toAbsolutePath());
            command.add("-cp");
            command.add(classPath.stream()
                    .map(jar -> jar.toAbsolutePath().toString())
                    .collect(Collectors.joining(File.pathSeparator)));
            command.add(MAIN_CLASS);
            command.add(dataDirectory.toAbsolutePath().toString());
            command.add(host);
            command.add(String.valueOf(portNow));
            command.add(advertisedHost);
            command.add(String.valueOf(internalPort));
            peers.forEach(peer -> command.add(peer.listenPort() + ":" + peer.advertisedPort()));
            return List.copyOf(command);
        }
    }

    BrokerProcess(Settings settings) {
        this.process = new SupervisedProcess(new Broker(settings));
    }

    @Override
    public String name() {
        return "broker";
    }

    @Override
    public String detail() {
        return "Kafka on " + address;
    }

    /**
     * Starts the broker and waits until clients can connect.
     *
     * @throws LaunchException when it does not come up; nothing of it is left running then
     */
    @Override
    public void start() throws LaunchException, InterruptedException {
        address = process.start();
    }

    /** What clients connect to; stays the same over restarts. */
    public String bootstrapServers() {
        return address;
    }

    /** Whether the broker runs and has said that clients can connect. */
    public boolean isReady() {
        return process.isReady();
    }

    /** How often the broker died and was started again. */
    public int restarts() {
        return process.restarts();
    }

    /** The process id of the broker that runs now, for tests and for the log. */
    long pid() {
        return process.handle().pid();
    }

    @Override
    public void close() {
        process.close();
    }

    /** The protocol of BrokerMain; see there. */
    private record Broker(Settings settings) implements SupervisedProcess.Program {

        @Override
        public String name() {
            return "broker";
        }

        @Override
        public List<String> command(Optional<String> formerAddress) throws IOException {
            Files.createDirectories(settings.dataDirectory());
            Files.createDirectories(settings.logFile().toAbsolutePath().getParent());
            return settings.command(formerAddress
                    .map(former -> Integer.parseInt(former.substring(former.lastIndexOf(':') + 1)))
                    .orElse(settings.port()));
        }

        @Override
        public Signal hear(String line) {
            String[] words = line.split(" ", 2);
            String rest = words.length == 2 ? words[1] : "";
            return switch (words[0]) {
                case "ready" -> new Signal.Ready(rest);
                case "port-taken" -> new Signal.Failed(new PortTakenException(Integer.parseInt(rest)));
                case "failed" -> new Signal.Failed(new LaunchException(rest + " (see " + more() + ")"));
                default -> {
                    note(line);
                    yield new Signal.Other();
                }
            };
        }

        @Override
        public void note(String line) {
            LOG.atWarn().addKeyValue("line", line).log("The broker's process said");
        }

        @Override
        public String more() {
            return settings.logFile().toString();
        }

        /** Longer than the child's own patience with a former broker on the directory, and its log's recovery. */
        @Override
        public Duration readyWithin() {
            return Duration.ofSeconds(90);
        }

        @Override
        public Duration endedWithin() {
            return Duration.ofSeconds(20);
        }
    }
}
