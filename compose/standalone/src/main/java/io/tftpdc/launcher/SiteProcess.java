package io.tftpdc.launcher;

import io.tftpdc.event.SiteName;
import io.tftpdc.launcher.SupervisedProcess.Signal;
import io.tftpdc.runtime.ClassDataArchive;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A whole site as a child process: the standalone as anybody runs it, with its broker and its MirrorMaker as children of
 * its own. A process of its own so that whatever happens to it happens to this site only.
 */
final class SiteProcess {

    /** What compose/up lets a person add to the options of the JVM. */
    private static final String JAVA_OPTIONS = "TFTPDC_JAVA_OPTS";

    private static final String SITE_IN_ENVIRONMENT = "{site}";

    private final StandaloneOptions options;
    private final SupervisedProcess process;

    /** @param directory where the site keeps everything */
    SiteProcess(StandaloneOptions options, Path directory, Distribution distribution, LaunchLog out) {
        this.options = options;
        this.process = new SupervisedProcess(new Site(options, directory, distribution, out));
    }

    SiteName name() {
        return options.site();
    }

    StandaloneOptions options() {
        return options;
    }

    /** Returns when the site serves. */
    void start() throws LaunchException, InterruptedException {
        process.start();
    }

    boolean isReady() {
        return process.isReady();
    }

    SitesStatus.Site status() {
        StandaloneOptions.Ports ports = options.ports();
        String edge = Addresses.localTo(options.listenHost());
        return new SitesStatus.Site(
                name().value(),
                isReady(),
                process.restarts(),
                http(options.localControlHost(), ports.http()),
                http(edge, ports.edgeHttp()),
                Addresses.hostPort(options.localControlHost(), ports.kafka()),
                edge,
                ports.tftp());
    }

    /** Ends the site in an orderly way. */
    void close() {
        process.close();
    }

    private static URI http(String host, int port) {
        return URI.create("http://" + Addresses.hostPort(host, port));
    }

    private record Site(StandaloneOptions options, Path directory, Distribution distribution, LaunchLog out)
            implements SupervisedProcess.Program {

        @Override
        public String name() {
            return "site " + options.site();
        }

        @Override
        public List<String> command(Optional<String> formerly) throws IOException {
            Path libraries = distribution.appLibraries();
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Xmx768m");
            command.add("-XX:G1HeapRegionSize=4m"); // as compose/lib/java.sh has it, which says why
            command.add("-XX:+ExitOnOutOfMemoryError");
            command.addAll(JvmFlags.quiet(Runtime.version().feature()));
            command.addAll(archiveFlags(libraries));
            command.add("-D" + Distribution.HOME_PROPERTY + "=" + distribution.home());
            Optional.ofNullable(System.getenv(JAVA_OPTIONS))
                    .map(String::strip)
                    .filter(added -> !added.isEmpty())
                    .ifPresent(added -> command.addAll(List.of(added.split("\\s+", -1))));
            command.addAll(List.of("-cp", libraries + "/*", "io.tftpdc.cli.TftpdcCommand", "standalone"));
            command.addAll(arguments());
            return command;
        }

        /** Whoever wants something of each site's own, such as a clock that is wrong, writes {site} for its name. */
        @Override
        public Map<String, String> environment() {
            return System.getenv().entrySet().stream()
                    .filter(variable -> variable.getValue().contains(SITE_IN_ENVIRONMENT))
                    .collect(Collectors.toMap(Map.Entry::getKey, variable -> variable.getValue()
                            .replace(SITE_IN_ENVIRONMENT, options.site().value())));
        }

        /** All sites read the archive; one is enough to write it, which keeps its end waiting for a few seconds. */
        private List<String> archiveFlags(Path libraries) throws IOException {
            List<String> flags = ClassDataArchive.flags(distribution.archive("standalone"), libraries);
            boolean writes = flags.contains("-XX:+RecordDynamicDumpInfo");
            return options.seeds() || !writes ? flags : List.of("-Xlog:disable");
        }

        private List<String> arguments() {
            StandaloneOptions.Ports ports = options.ports();
            List<String> arguments = new ArrayList<>(List.of("--end-with-input", "--data-dir", directory.toString()));
            arguments.addAll(List.of("--site", options.site().value(), "--control-listen", options.controlHost()));
            arguments.addAll(List.of("--advertise", options.advertisedHost()));
            if (!options.listenHost().isEmpty()) {
                arguments.addAll(List.of("--listen", options.listenHost()));
            }
            arguments.addAll(List.of("--tftp-port", "" + ports.tftp(), "--edge-http-port", "" + ports.edgeHttp()));
            arguments.addAll(List.of("--http-port", "" + ports.http(), "--kafka-port", "" + ports.kafka()));
            arguments.addAll(List.of("--registry-port", "" + ports.registry(), "--streams-port", "" + ports.streams()));
            arguments.addAll(List.of("--mirror-port", "" + ports.mirror()));
            options.uploads().forEach(pattern -> arguments.addAll(List.of("--uploads", pattern)));
            options.peers().forEach(peer -> arguments.addAll(List.of("--peer", peer.toString())));
            return arguments;
        }

        @Override
        public Signal hear(String line) {
            if (line.equals("ready")) {
                return new Signal.Ready("");
            }
            out.line("%s %s", options.site(), line);
            return new Signal.Other();
        }

        @Override
        public void note(String line) {
            System.err.println(options.site() + ": " + line);
        }

        @Override
        public String more() {
            return "what it said, and " + directory.resolve("logs");
        }

        /** Longer than the patience of any of its parts with another, of which none says anything meanwhile. */
        @Override
        public Duration readyWithin() {
            return Duration.ofMinutes(4);
        }

        /** All its parts are ended one after the other. */
        @Override
        public Duration endedWithin() {
            return Duration.ofSeconds(60);
        }

        @Override
        public void restarting(String what) {
            out.line("%s %s", options.site(), what);
        }
    }
}
