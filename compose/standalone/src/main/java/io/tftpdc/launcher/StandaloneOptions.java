package io.tftpdc.launcher;

import io.tftpdc.event.SiteName;
import java.util.ArrayList;
import java.util.List;

/**
 * What a person chose on the command line. Ports are the final ones, offset included.
 *
 * @param listenHost where TFTP and the edge's HTTP listen; empty for all addresses, since devices have to reach them
 * @param controlHost where everything else listens; nothing there asks for a password yet, so loopback by default
 * @param advertisedHost what Kafka tells its clients to connect to
 * @param uploads patterns of the paths that TFTP clients may write to
 * @param peers the other sites, where {@link SitesLaunch} runs several; a mirror of them is run then
 */
public record StandaloneOptions(
        SiteName site,
        String listenHost,
        String controlHost,
        String advertisedHost,
        Ports ports,
        List<String> uploads,
        List<Peer> peers) {

    public StandaloneOptions {
        uploads = List.copyOf(uploads);
        peers = List.copyOf(peers);
    }

    /**
     * Another site, each way through a proxy. All of it on loopback.
     *
     * @param listenPort where our Kafka listens for that site
     * @param advertisedPort the proxy in front of that listener
     * @param reachPort the proxy in front of that site's Kafka
     */
    public record Peer(SiteName site, int listenPort, int advertisedPort, int reachPort) {

        /** From {@code SITE:LISTEN-PORT:ADVERTISED-PORT:REACH-PORT}. */
        public static Peer parse(String text) {
            String[] parts = text.split(":", -1);
            if (parts.length != 4) {
                throw new IllegalArgumentException(
                        "A peer is '" + text + "'; expected SITE:LISTEN-PORT:ADVERTISED-PORT:REACH-PORT");
            }
            return new Peer(
                    new SiteName(parts[0]),
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]),
                    Integer.parseInt(parts[3]));
        }

        @Override
        public String toString() {
            return site + ":" + listenPort + ":" + advertisedPort + ":" + reachPort;
        }
    }

    /** The first file of all comes from the first of several sites, and from there to the others. */
    boolean seeds() {
        return peers.isEmpty() || site.value().equals(SitesOptions.FIRST_SITE);
    }

    /** Without a choice, clients are told the address that Kafka listens on, or one that stands for all. */
    public static String advertisedHost(String chosen, String controlHost) {
        if (!chosen.isEmpty()) {
            return chosen;
        }
        return Addresses.isWildcard(controlHost) ? Addresses.ofThisMachine() : controlHost;
    }

    /** Where this machine reaches what listens on {@link #controlHost()}. */
    String localControlHost() {
        return Addresses.localTo(controlHost);
    }

    /** Whether what Kafka tells its clients is of no use inside: a name may not even resolve on this machine. */
    boolean needsInternalListener() {
        return !advertisedHost.equals(controlHost);
    }

    /**
     * One port for each door of the system.
     *
     * @param mirror of use only where there are several sites
     */
    public record Ports(int tftp, int edgeHttp, int http, int kafka, int registry, int streams, int mirror) {

        public static final Ports DEFAULTS = new Ports(6969, 8069, 8080, 9092, 8081, 8082, 8083);

        /** Moves all of them, so that a second system fits on the machine. */
        public Ports plus(int offset) {
            return new Ports(
                    tftp + offset,
                    edgeHttp + offset,
                    http + offset,
                    kafka + offset,
                    registry + offset,
                    streams + offset,
                    mirror + offset);
        }
    }

    PortUse kafkaPort() {
        return new PortUse("Kafka", PortUse.Transport.TCP, controlHost, ports.kafka(), "--kafka-port");
    }

    /** Every port with who wants it and which option changes it. */
    List<PortUse> portUses() {
        List<PortUse> uses = new ArrayList<>(List.of(
                new PortUse("TFTP", PortUse.Transport.UDP, listenHost, ports.tftp(), "--tftp-port"),
                new PortUse("the edge's HTTP", PortUse.Transport.TCP, listenHost, ports.edgeHttp(), "--edge-http-port"),
                new PortUse("REST and the console", PortUse.Transport.TCP, controlHost, ports.http(), "--http-port"),
                kafkaPort(),
                new PortUse(
                        "the schema registry", PortUse.Transport.TCP, controlHost, ports.registry(), "--registry-port"),
                new PortUse("index queries", PortUse.Transport.TCP, controlHost, ports.streams(), "--streams-port")));
        if (!peers.isEmpty()) {
            uses.add(new PortUse(
                    "MirrorMaker", PortUse.Transport.TCP, localControlHost(), ports.mirror(), "--mirror-port"));
        }
        return uses;
    }
}
