package io.tftpdc.edge.policy;

import io.tftpdc.event.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How much a client, its network and its tenant may have. A network is what {@code ipv4Network} and {@code ipv6Network}
 * bits of the address say.
 *
 * @param transfersPerClient at the same time
 * @param transfersPerSubnet at the same time
 * @param transfersPerTenant at the same time
 * @param requestsPerClient a second, on average
 * @param requestsPerSubnet a second, on average
 * @param errorsPerClient error messages a second, on average, "file not found" among them
 * @param errorsPerSubnet error messages a second, on average
 * @param errors error messages a second, on average, to everybody
 * @param burst how many seconds' worth of a rate may come at once
 * @param unansweredPerClient first replies to a client that has not answered any lately
 * @param unansweredPerSubnet the same, to a network
 * @param unanswered the same, to everybody; beyond this the oldest are given up for new ones
 * @param firstReplyRepeats how often a first reply is sent again to a client that has not answered lately
 * @param ipv4Network bits of an IPv4 address that name its network
 * @param ipv6Network bits of an IPv6 address that name its network
 * @param exempt clients to whom none of this applies but the transfers of their tenant
 * @param remembered clients about whom something is remembered, and as many networks
 * @param transfersOfTenants at the same time, in place of {@code transfersPerTenant}
 */
public record LimitSettings(
        int transfersPerClient,
        int transfersPerSubnet,
        int transfersPerTenant,
        int requestsPerClient,
        int requestsPerSubnet,
        int errorsPerClient,
        int errorsPerSubnet,
        int errors,
        Duration burst,
        int unansweredPerClient,
        int unansweredPerSubnet,
        int unanswered,
        int firstReplyRepeats,
        int ipv4Network,
        int ipv6Network,
        List<Cidr> exempt,
        int remembered,
        Map<Tenant, Integer> transfersOfTenants) {

    /** Of tenants that are alike. */
    public LimitSettings(
            int transfersPerClient,
            int transfersPerSubnet,
            int transfersPerTenant,
            int requestsPerClient,
            int requestsPerSubnet,
            int errorsPerClient,
            int errorsPerSubnet,
            int errors,
            Duration burst,
            int unansweredPerClient,
            int unansweredPerSubnet,
            int unanswered,
            int firstReplyRepeats,
            int ipv4Network,
            int ipv6Network,
            List<Cidr> exempt,
            int remembered) {
        this(
                transfersPerClient,
                transfersPerSubnet,
                transfersPerTenant,
                requestsPerClient,
                requestsPerSubnet,
                errorsPerClient,
                errorsPerSubnet,
                errors,
                burst,
                unansweredPerClient,
                unansweredPerSubnet,
                unanswered,
                firstReplyRepeats,
                ipv4Network,
                ipv6Network,
                exempt,
                remembered,
                Map.of());
    }

    /** How long a client that has answered counts as one that answers. */
    static final Duration KNOWN_FOR = Duration.ofMinutes(10);

    /**
     * For a server of some thousand machines. Loopback is exempt: nobody outside can send from it, and whoever tests a
     * server does.
     */
    public static final LimitSettings DEFAULT = new LimitSettings(
            64,
            10_000,
            Integer.MAX_VALUE,
            200,
            10_000,
            100,
            5_000,
            10_000,
            Duration.ofSeconds(5),
            16,
            2_048,
            10_000,
            3,
            24,
            64,
            List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1")),
            65_536);

    public LimitSettings {
        exempt = List.copyOf(exempt);
        transfersOfTenants = Map.copyOf(transfersOfTenants);
        transfersOfTenants.values().forEach(most -> atLeastOne("transfers-per-tenant", most));
        atLeastOne("transfers-per-client", transfersPerClient);
        atLeastOne("transfers-per-subnet", transfersPerSubnet);
        atLeastOne("transfers-per-tenant", transfersPerTenant);
        atLeastOne("requests-per-client", requestsPerClient);
        atLeastOne("requests-per-subnet", requestsPerSubnet);
        atLeastOne("errors-per-client", errorsPerClient);
        atLeastOne("errors-per-subnet", errorsPerSubnet);
        atLeastOne("errors", errors);
        atLeastOne("unanswered-per-client", unansweredPerClient);
        atLeastOne("unanswered-per-subnet", unansweredPerSubnet);
        atLeastOne("unanswered", unanswered);
        within("first-reply-repeats", firstReplyRepeats, 0, 255);
        within("ipv4-network", ipv4Network, 8, 32);
        within("ipv6-network", ipv6Network, 16, 128);
        within("remembered", remembered, 1_024, 16_777_216);
        if (burst.isNegative() || burst.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("`burst` is " + burst + "; expected 0s to 1h, such as 5s");
        }
    }

    /** Transfers that a tenant may have at the same time. */
    int transfersOf(Tenant tenant) {
        return transfersOfTenants.getOrDefault(tenant, transfersPerTenant);
    }

    /**
     * How many clients must be remembered for so many transfers to run: one each, and a sixteenth for those that ask
     * meanwhile.
     */
    static long room(int maxTransfers) {
        return maxTransfers + maxTransfers / 16L + 1;
    }

    /**
     * All transfers may be of different clients, and a client with a transfer cannot be forgotten.
     *
     * @throws IllegalArgumentException when fewer clients are remembered than that takes
     */
    public void requireRoomFor(int maxTransfers) {
        if (remembered < room(maxTransfers)) {
            throw new IllegalArgumentException("`limits.remembered` is " + remembered + ", too few clients for"
                    + " `max-transfers` " + maxTransfers + "; expected " + room(maxTransfers)
                    + " or more (some 140 bytes each), or a lower `max-transfers`");
        }
    }

    private static void atLeastOne(String key, int value) {
        within(key, value, 1, Integer.MAX_VALUE);
    }

    private static void within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("`" + key + "` is " + value + "; expected " + least
                    + (most == Integer.MAX_VALUE ? " or more" : " to " + most));
        }
    }
}
