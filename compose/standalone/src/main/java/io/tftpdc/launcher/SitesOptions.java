package io.tftpdc.launcher;

import io.tftpdc.event.SiteName;
import io.tftpdc.launcher.StandaloneOptions.Peer;
import io.tftpdc.launcher.StandaloneOptions.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several whole sites on one machine: {@code dc1}, {@code dc2} and so on. The ports of each are {@value #STEP} higher than
 * those of the one before. Behind each Kafka's port lie those for the peers:
 *
 * <pre>
 *   kafka             clients
 *   kafka + 1 … + 5   where the broker listens for site 1 … 5
 *   kafka + 6 … + 10  the proxy that site 1 … 5 connects to, in front of that
 * </pre>
 *
 * @param count how many sites, 2 to {@value #MOST}
 * @param first the first site, which the others are like
 * @param sitesPort where the links are listed and cut
 */
public record SitesOptions(int count, StandaloneOptions first, int sitesPort) {

    public static final String FIRST_SITE = "dc1";

    public static final int MOST = 5;

    /** Where {@code tftpdc demo} looks without being told. */
    public static final int SITES_PORT = 8084;

    /** No two of a site's ports are a multiple of it apart. */
    static final int STEP = 100;

    public SitesOptions {
        if (count < 2 || count > MOST) {
            throw new IllegalArgumentException("The number of sites is " + count + "; expected 2 to " + MOST);
        }
    }

    /**
     * What one site says and another one hears.
     *
     * @param from whose Kafka it is
     * @param to whose MirrorMaker pulls
     * @param port where {@code to} connects, on loopback
     * @param target where the broker of {@code from} listens for {@code to}, on loopback
     */
    record Link(SiteName from, SiteName to, int port, int target) {}

    /** Each site, with the others as its peers. */
    List<StandaloneOptions> sites() {
        return IntStream.rangeClosed(1, count).mapToObj(this::site).toList();
    }

    private StandaloneOptions site(int number) {
        List<Peer> peers = new ArrayList<>();
        for (int peer = 1; peer <= count; peer++) {
            if (peer != number) {
                peers.add(new Peer(name(peer), target(number, peer), proxy(number, peer), proxy(peer, number)));
            }
        }
        return new StandaloneOptions(
                name(number),
                first.listenHost(),
                first.controlHost(),
                first.advertisedHost(),
                ports(number),
                first.uploads(),
                peers);
    }

    /** Both directions between every two sites. */
    List<Link> links() {
        List<Link> links = new ArrayList<>();
        for (int from = 1; from <= count; from++) {
            for (int to = 1; to <= count; to++) {
                if (from != to) {
                    links.add(new Link(name(from), name(to), proxy(from, to), target(from, to)));
                }
            }
        }
        return links;
    }

    /** Every port of every site and link. */
    List<PortUse> portUses() {
        List<PortUse> uses = new ArrayList<>();
        uses.add(tcp("the sites and their links", Addresses.LOOPBACK, sitesPort, "--sites-port"));
        for (StandaloneOptions site : sites()) {
            for (PortUse use : site.portUses()) {
                uses.add(new PortUse(
                        use.purpose() + " of " + site.site(), use.transport(), use.host(), use.port(), use.option()));
            }
        }
        for (Link link : links()) {
            String what = "what " + link.to() + " hears of " + link.from();
            uses.add(tcp(what + " (Kafka)", Addresses.LOOPBACK, link.target(), "--kafka-port"));
            uses.add(tcp(what + " (proxy)", Addresses.LOOPBACK, link.port(), "--kafka-port"));
        }
        return uses;
    }

    private static PortUse tcp(String purpose, String host, int port, String option) {
        return new PortUse(purpose, PortUse.Transport.TCP, host, port, option);
    }

    private static SiteName name(int number) {
        return new SiteName("dc" + number);
    }

    private Ports ports(int number) {
        return first.ports().plus(STEP * (number - 1));
    }

    private int target(int from, int to) {
        return ports(from).kafka() + to;
    }

    private int proxy(int from, int to) {
        return ports(from).kafka() + MOST + to;
    }
}
