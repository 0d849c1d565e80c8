package io.tftpdc.launcher;

import java.nio.file.Path;
import java.time.Duration;
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
 */
final class SitesLaunch implements Launch {

    /** A site whose parent was killed ends by itself in this time, its broker included. */
    private static final Duration PATIENCE_WITH_FORMER = Duration.ofSeconds(75);

    private final SitesOptions options;
    private final StandaloneDirectory directory;
    private final LaunchLog out;

    /** @param directory that of each site is below it */
    public SitesLaunch(SitesOptions options, StandaloneDirectory directory, LaunchLog out) {
        this.options = options;
        this.directory = directory;
        this.out = out;
    }

    @Override
    public String greeting() {
        return "Simple TFTP Daemon, Datacenter Version: " + options.count() + " sites, data in " + directory.root();
    }

    @Override
    public List<Former> formers() {
        List<Former> formers = new ArrayList<>();
        for (StandaloneOptions site : options.sites()) {
            Path data = directoryOf(site);
            formers.add(new Former("site " + site.site(), data, PATIENCE_WITH_FORMER));
            formers.add(new Former("broker of " + site.site(), data.resolve("kafka"), PATIENCE_WITH_FORMER));
        }
        return formers;
    }

    @Override
    public List<PortUse> ports() {
        return options.portUses();
    }

    @Override
    public List<Component> components() throws LaunchException {
        Distribution distribution = Distribution.find();
        List<SiteProcess> processes = options.sites().stream()
                .map(site -> new SiteProcess(site, directoryOf(site), distribution, out))
                .toList();
        LinkProxies links = new LinkProxies(options.links());
        SiteProcesses sites = new SiteProcesses(processes);
        return List.of(
                links,
                sites,
                new LinkControl(options.sitesPort(), links, sites),
                new SitesCheck(processes.stream().map(SiteProcess::status).toList(), out));
    }

    private Path directoryOf(StandaloneOptions site) {
        return directory.root().resolve(site.site().value());
    }

    @Override
    public List<String> advice() {
        List<StandaloneOptions> sites = options.sites();
        StandaloneOptions first = sites.get(0);
        StandaloneOptions second = sites.get(1);
        List<String> lines = new ArrayList<>(table(sites));
        String host = Addresses.isWildcard(first.listenHost()) ? "localhost" : first.listenHost();
        String rest = "http://"
                + Addresses.hostPort(first.localControlHost(), first.ports().http());
        boolean usual = options.sitesPort() == SitesOptions.SITES_PORT;
        lines.addAll(List.of(
                "",
                "Publish at " + first.site() + "    curl -T FILE " + rest
                        + "/api/v1/tenants/default/files/boot/firmware.bin",
                "Fetch from " + second.site() + "    curl -O tftp://"
                        + Addresses.hostPort(host, second.ports().tftp()) + "/boot/firmware.bin",
                "Part the sites    compose/tftpdc demo partition"
                        + (usual ? "" : " --control " + LinkControl.url(options.sitesPort())),
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
