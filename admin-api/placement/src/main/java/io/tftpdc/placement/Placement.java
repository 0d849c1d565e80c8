package io.tftpdc.placement;

import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which edge nodes a client is sent to, the best first. A function of the map of sites, the nodes and the client.
 *
 * <p>Those that will serve come before those that will not. Then the nearer site comes first, then {@code READY} before
 * {@code STALE}, then the less loaded, then the fresher. Load and freshness count in steps, so that a client's answer does
 * not change with every transfer and clients do not all run after the node that is a little idler; within a step each
 * client has its own order of nodes ({@link Rendezvous}). Nodes that have stopped, and those that say no address, are left
 * out. Full, refusing and silent ones come last rather than never: silence may be the network's between here and there.
 *
 * @param sites which site is near whom
 * @param silentAfterMillis a node that said nothing for longer may be dead
 */
public record Placement(SiteMap sites, long silentAfterMillis) {
    /** Shares of the capacity in use at which the next step begins. */
    private static final double[] LOAD_STEPS = {0.5, 0.75, 0.9};
    /** Milliseconds behind Kafka at which the next step begins; -1, not known, is the last step. */
    private static final long[] STALENESS_STEPS = {5_000, 30_000, 300_000};

    private static final Comparator<Choice> ORDER = Comparator.comparing(Choice::standing)
            .thenComparingInt(Choice::distance)
            .thenComparing(choice -> !choice.node().report().state().equals("READY"))
            .thenComparingInt(choice -> loadStep(choice.load()))
            .thenComparingInt(choice -> stalenessStep(choice.node().report().stalenessMillis()))
            .thenComparing(Comparator.comparingLong(Choice::weight).reversed())
            .thenComparing(choice -> choice.node().id());

    /** Whether a client should be sent there; the better one first. */
    public enum Standing {
        /** Serves. */
        LIVE,
        /** Serves, but has all the transfers that it takes. */
        FULL,
        /** Is there, and refuses clients until its index is fresh enough again. */
        REFUSING,
        /** Is starting and has no index yet. */
        STARTING,
        /** May be dead. */
        SILENT
    }

    /**
     * A node and why it is where it is in the order.
     *
     * @param distance of its site, 0 for the client's own
     * @param load share of its capacity that is in use, 0 where it has no such number
     * @param weight that this client gives it among equals
     * @param why for people
     */
    public record Choice(KnownNode node, Standing standing, int distance, double load, long weight, String why) {

        public boolean live() {
            return standing == Standing.LIVE;
        }
    }

    /**
     * @param client the network that the order is the same for
     * @param location of the client
     * @param choices the best first
     */
    public record Order(Subnet client, SiteMap.Location location, List<Choice> choices) {
        public Order {
            choices = List.copyOf(choices);
        }
    }

    /** For one client. */
    public Order order(InetAddress client, Collection<KnownNode> nodes) {
        return order(Subnet.of(client, client.getAddress().length * 8), nodes);
    }

    /** For the clients of a network, all of which must be near the same site. */
    public Order order(Subnet client, Collection<KnownNode> nodes) {
        SiteMap.Location location = sites.locate(client.address());
        return new Order(
                client,
                location,
                nodes.stream()
                        .filter(Placement::mayServe)
                        .map(node -> choice(client, location, node))
                        .sorted(ORDER)
                        .toList());
    }

    private static boolean mayServe(KnownNode node) {
        NodeReported report = node.report();
        return report.role().equals("edge")
                && !report.addresses().isEmpty()
                && !report.state().equals("STOPPED");
    }

    private Choice choice(Subnet client, SiteMap.Location location, KnownNode node) {
        NodeReported report = node.report();
        double load = report.capacity() <= 0 ? 0 : (double) report.activeTransfers() / report.capacity();
        return new Choice(
                node,
                standing(node),
                sites.distance(location.site(), report.site()),
                load,
                Rendezvous.weight(client, node.id()),
                why(location, node));
    }

    private Standing standing(KnownNode node) {
        NodeReported report = node.report();
        if (node.ageMillis() > silentAfterMillis) {
            return Standing.SILENT;
        }
        return switch (report.state()) {
            case "READY", "STALE" ->
                report.capacity() > 0 && report.activeTransfers() >= report.capacity() ? Standing.FULL : Standing.LIVE;
            case "REFUSING" -> Standing.REFUSING;
            default -> Standing.STARTING;
        };
    }

    private String why(SiteMap.Location location, KnownNode node) {
        NodeReported report = node.report();
        String transfers = report.capacity() > 0
                ? report.activeTransfers() + " of " + report.capacity() + " transfers"
                : report.activeTransfers() + " transfers";
        return site(location, report.site()) + "; " + report.state() + "; " + transfers + "; index "
                + (report.stalenessMillis() < 0 ? "of unknown age" : seconds(report.stalenessMillis()) + " old")
                + "; heard from " + seconds(node.ageMillis()) + " ago"
                + (standing(node) == Standing.SILENT ? ", silent for more than " + seconds(silentAfterMillis) : "");
    }

    private String site(SiteMap.Location location, SiteName site) {
        Optional<Subnet> subnet = location.subnet();
        if (site.equals(location.site())) {
            return subnet.isPresent()
                    ? "site " + site + " has the client's subnet " + subnet.get()
                    : "site " + site + " is asked, and no site has the client's subnet";
        }
        return sites.prefers(location.site(), site)
                ? "site " + site + " is number " + sites.distance(location.site(), site) + " that " + location.site()
                        + " prefers"
                : "site " + site + " is another site";
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    private static int loadStep(double load) {
        int step = 0;
        while (step < LOAD_STEPS.length && load >= LOAD_STEPS[step]) {
            step++;
        }
        return step;
    }

    private static int stalenessStep(long millis) {
        int step = 0;
        while (step < STALENESS_STEPS.length && (millis < 0 || millis >= STALENESS_STEPS[step])) {
            step++;
        }
        return step;
    }
}
