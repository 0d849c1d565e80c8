package io.tftpdc.launcher;

import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Several whole sites on one machine: this JVM, which carries the links between them, and a process tree for each site.
 *
 * <pre>
 *   check the ports ─► proxies ─► every site at once ─► links over HTTP
 *                                        ─► publish at each site, fetch from all ─► "ready"
 * </pre>
 *
 * <p>Stops in the reverse order when the JVM is told to end.
 */
public final class SitesLauncher implements AutoCloseable {

    /** Where {@code tftpdc demo} looks without being told. */
    public static final int SITES_PORT = 8084;

    private final SitesOptions options;
    private final StandaloneDirectory directory;
    private final LaunchLog out;
    private final LaunchSequence sequence;

    /** @param directory that of each site is below it; given up when everything has been closed */
    public SitesLauncher(SitesOptions options, StandaloneDirectory directory, PrintStream out) {
        this.options = options;
        this.directory = directory;
        this.out = new LaunchLog(out);
        this.sequence = new LaunchSequence(this.out, options.portUses(), directory);
    }

    /**
     * Starts everything, and says {@code ready} when what any site publishes comes from all of them.
     *
     * @throws LaunchException when it cannot; what was started is closed again
     */
    public void start() throws LaunchException, InterruptedException {
        Distribution distribution = Distribution.find();
        out.line("Simple TFTP Daemon, Datacenter Version: %d sites, data in %s", options.count(), directory.root());
        List<SiteProcess> processes = new ArrayList<>();
        for (StandaloneOptions site : options.sites()) {
            processes.add(
                    new SiteProcess(site, directory.root().resolve(site.site().value()), distribution, out));
        }
        LinkProxies links = new LinkProxies(options.links());
        SiteProcesses sites = new SiteProcesses(processes);
        LinkControl control = new LinkControl(options.sitesPort(), links, sites);
        try {
            sequence.checkPorts();
            sequence.start(links);
            sequence.start(sites);
            sequence.start(control);
            sequence.start(
                    new SitesCheck(processes.stream().map(SiteProcess::status).toList()));
            sequence.ready(advice(control.url()));
        } catch (LaunchException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /** Blocks until {@link #close()} has ended everything. */
    public void awaitClosed() throws InterruptedException {
        sequence.awaitClosed();
    }

    @Override
    public void close() {
        sequence.close(() -> {});
    }

    private List<String> advice(URI control) {
        List<StandaloneOptions> sites = options.sites();
        StandaloneOptions first = sites.get(0);
        StandaloneOptions second = sites.get(1);
        List<String> lines = new ArrayList<>(table(sites));
        String host = Addresses.isWildcard(first.listenHost()) ? "localhost" : first.listenHost();
        String rest = "http://"
                + Addresses.hostPort(first.localControlHost(), first.ports().http());
        boolean usual = options.sitesPort() == SITES_PORT;
        lines.addAll(List.of(
                "",
                "Publish at " + first.site() + "    curl -T FILE " + rest
                        + "/api/v1/tenants/default/files/boot/firmware.bin",
                "Fetch from " + second.site() + "    curl -O tftp://"
                        + Addresses.hostPort(host, second.ports().tftp()) + "/boot/firmware.bin",
                "Part the sites    compose/tftpdc demo partition" + (usual ? "" : " --control " + control),
                "Stop              Ctrl-C",
                ""));
        return lines;
    }

    /** Which port is whose. */
    static List<String> table(List<StandaloneOptions> sites) {
        String row = "  %-8s %6s %7s %7s %7s %8s %7s %7s";
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(
                String.format(Locale.ROOT, row, "site", "TFTP", "HTTP", "REST", "Kafka", "schemas", "index", "mirror"));
        for (StandaloneOptions site : sites) {
            StandaloneOptions.Ports ports = site.ports();
            lines.add(String.format(
                    Locale.ROOT,
                    row,
                    site.site(),
                    ports.tftp(),
                    ports.edgeHttp(),
                    ports.http(),
                    ports.kafka(),
                    ports.registry(),
                    ports.streams(),
                    ports.mirror()));
        }
        return lines;
    }
}
