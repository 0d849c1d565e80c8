package io.tftpdc.launcher;

import io.tftpdc.event.SiteName;
import io.tftpdc.launcher.StandaloneOptions.Peer;
import io.tftpdc.launcher.SupervisedProcess.Signal;
import io.tftpdc.runtime.ChildMain;
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
 * A site's MirrorMaker as a child process with a class path of its own, started again whenever it dies. It is told what
 * to do by a site file, as anywhere else.
 */
final class MirrorProcess implements Component {

    private static final Logger LOG = LoggerFactory.getLogger(MirrorProcess.class);

    static final String MAIN_CLASS = "io.tftpdc.mirror.MirrorMakerProcess";

    private final Settings settings;
    private final SupervisedProcess process;

    /**
     * What is run.
     *
     * @param javaHome the JDK or JRE that runs it
     * @param libraries the directory that its jars are in
     * @param classPath its jars, in this order
     * @param siteFile written anew at each start
     * @param bootstrapServers the Kafka of this site
     * @param host where health and metrics are served, on {@code port}
     * @param archive its class data archive
     */
    record Settings(
            Path javaHome,
            Path libraries,
            List<Path> classPath,
            Path siteFile,
            SiteName site,
            String bootstrapServers,
            List<Peer> peers,
            String host,
            int port,
            Path archive) {

        private static final String HEAP = "-Xmx256m";

        List<String> command() throws IOException {
            List<String> command = new ArrayList<>();
            command.add(javaHome.resolve("bin").resolve("java").toString());
            command.add(HEAP);
            command.add("-XX:+UseSerialGC");
            command.add("-XX:TieredStopAtLevel=1");
            command.add("-XX:+ExitOnOutOfMemoryError");
            command.addAll(JvmFlags.quiet(Runtime.version().feature()));
            command.addAll(ClassDataArchive.flags(archive, libraries));
            command.add("-Dlogback.configurationFile=logback-mirrormaker.xml");
            command.add("-cp");
            command.add(classPath.stream()
                    .map(jar -> jar.toAbsolutePath().toString())
                    .collect(Collectors.joining(File.pathSeparator)));
            command.addAll(List.of(
                    ChildMain.class.getName(),
                    MAIN_CLASS,
                    siteFile.toAbsolutePath().toString()));
            return List.copyOf(command);
        }

        /** As {@code compose/config/mirror.yaml}; every value here is plain in YAML. */
        String siteFileText() {
            StringBuilder text =
                    new StringBuilder("# Written at each start of compose/up --sites; changes are lost.\n");
            text.append("site: ").append(site).append('\n');
            text.append("kafka:\n  bootstrap-servers: \"")
                    .append(bootstrapServers)
                    .append("\"\n");
            text.append("replication-factor: 1\n");
            text.append("peers:\n");
            for (Peer peer : peers) {
                text.append("  - site: ").append(peer.site()).append('\n');
                text.append("    bootstrap-servers: \"")
                        .append(Addresses.hostPort(Addresses.LOOPBACK, peer.reachPort()))
                        .append("\"\n");
            }
            text.append("ops:\n  host: \"")
                    .append(host)
                    .append("\"\n  port: ")
                    .append(port)
                    .append('\n');
            return text.toString();
        }
    }

    MirrorProcess(Settings settings) {
        this.settings = settings;
        this.process = new SupervisedProcess(new Mirror(settings));
    }

    @Override
    public String name() {
        return "mirror";
    }

    @Override
    public String detail() {
        return "pulls from "
                + settings.peers().stream().map(peer -> peer.site().value()).collect(Collectors.joining(", "));
    }

    /** Returns when the process runs; its flows begin when the peers' Kafka answers. */
    @Override
    public void start() throws LaunchException, InterruptedException {
        process.start();
    }

    @Override
    public void close() {
        process.close();
    }

    private record Mirror(Settings settings) implements SupervisedProcess.Program {

        @Override
        public String name() {
            return "mirror";
        }

        @Override
        public List<String> command(Optional<String> formerly) throws IOException {
            Files.writeString(settings.siteFile(), settings.siteFileText());
            return settings.command();
        }

        @Override
        public Signal hear(String line) {
            if (line.equals("ready")) {
                return new Signal.Ready("");
            }
            note(line);
            return new Signal.Other();
        }

        @Override
        public void note(String line) {
            LOG.atInfo().addKeyValue("line", line).log("MirrorMaker's process said");
        }

        @Override
        public String more() {
            return "what MirrorMaker's process said, in the log";
        }

        @Override
        public Duration readyWithin() {
            return Duration.ofSeconds(60);
        }

        @Override
        public Duration endedWithin() {
            return Duration.ofSeconds(20);
        }
    }
}
