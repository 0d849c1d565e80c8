package io.tftpdc.edge.policy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Blocks that need no fragments on the way to the client, as far as this host can tell: an interface says how large a
 * packet its own network takes, and nothing about the networks behind a router. So
 *
 * <ul>
 *   <li>a client on the interface's own network gets all that the interface takes: 1468 or 1448 bytes on Ethernet, 8968
 *       on jumbo frames, 65464 on loopback;
 *   <li>any other client gets that too, but never more than Ethernet carries;
 *   <li>where the interface is not known, because the kernel does not tell which address was called, Ethernet counts.
 * </ul>
 *
 * What interfaces say is asked again after a while, since addresses come and go. Thread-safe.
 */
public final class NetworkMtu implements BlockSizeCap {

    static final int ETHERNET_MTU = 1500;

    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int MOST_KEPT = 1024;

    /**
     * What is known of a local address.
     *
     * @param mtu the largest IP packet in bytes
     * @param neighbours the networks that it reaches without a router
     */
    public record Link(int mtu, List<Neighbours> neighbours) {
        /** Nothing is known. */
        public static final Link UNKNOWN = new Link(ETHERNET_MTU, List.of());

        public Link {
            neighbours = List.copyOf(neighbours);
        }
    }

    /** A network: those whose first {@code bits} bits are those of {@code address}. */
    public record Neighbours(InetAddress address, int bits) {
        boolean contains(InetAddress client) {
            byte[] mine = address.getAddress();
            byte[] other = client.getAddress();
            if (mine.length != other.length) {
                return false;
            }
            int whole = bits / 8;
            for (int i = 0; i < whole; i++) {
                if (mine[i] != other[i]) {
                    return false;
                }
            }
            int rest = bits % 8;
            return rest == 0 || ((mine[whole] ^ other[whole]) & (0xFF << (8 - rest)) & 0xFF) == 0;
        }
    }

    private record Known(Link link, long since) {}

    private final Function<InetAddress, Link> links;
    private final LongSupplier nanoClock;
    private final Map<InetAddress, Known> known = new ConcurrentHashMap<>();

    /**
     * @param links looks a local address up; see {@link LocalLinks}
     * @param nanoClock monotonic nanoseconds
     */
    public NetworkMtu(Function<InetAddress, Link> links, LongSupplier nanoClock) {
        this.links = links;
        this.nanoClock = nanoClock;
    }

    @Override
    public int largestFor(InetAddress client, InetAddress called) {
        boolean loopback = client.isLoopbackAddress();
        // Only this host can be behind a loopback address, so it does not matter which of them it is and called.
        Link link = loopback
                ? link(InetAddress.getLoopbackAddress())
                : called.isAnyLocalAddress() ? Link.UNKNOWN : link(called);
        boolean neighbour = loopback || link.neighbours().stream().anyMatch(network -> network.contains(client));
        return BlockSizeCap.withinMtu(neighbour ? link.mtu() : Math.min(link.mtu(), ETHERNET_MTU), client);
    }

    /** Addresses that were asked about and are remembered. */
    int kept() {
        return known.size();
    }

    private Link link(InetAddress local) {
        long now = nanoClock.getAsLong();
        Known before = known.get(local);
        if (before != null && now - before.since() < KEPT_NANOS) {
            return before.link();
        }
        if (known.size() >= MOST_KEPT) {
            known.clear();
        }
        Link link = links.apply(local);
        known.put(local, new Known(link, now));
        return link;
    }
}
