package io.tftpdc.edge.settings;

import io.tftpdc.edge.policy.Cidr;
import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.Defaults;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much a client, its network and its tenant may have. What goes beyond is dropped without an answer, and counted.
 *
 * @param transfersPerClient at the same time
 * @param transfersPerSubnet at the same time
 * @param transfersPerTenant at the same time; without it, as many as there may be in all
 * @param requestsPerClient a second, on average
 * @param requestsPerSubnet a second, on average
 * @param errorsPerClient error messages a second, on average; "file not found" is one
 * @param errorsPerSubnet error messages a second, on average
 * @param errors error messages a second, on average, to everybody
 * @param burst how many seconds' worth of these rates may come at once
 * @param unansweredPerClient first replies on their way to a client that has not answered one in ten minutes
 * @param unansweredPerSubnet the same, to a network
 * @param unanswered the same, to everybody; beyond this the oldest are given up for new ones
 * @param firstReplyRepeats how often a first reply is sent again to a client that has not answered one in ten minutes
 * @param ipv4Network bits of an IPv4 address that name its network
 * @param ipv6Network bits of an IPv6 address that name its network
 * @param exempt address ranges to which none of this applies but the transfers of their tenant, such as that of a NAT
 *     gateway; loopback, unless something else is given
 * @param remembered clients of which the server keeps count, some 140 bytes each with its network; at least a sixteenth
 *     more than {@code max-transfers}
 */
public record LimitsConfig(
        Integer transfersPerClient,
        Integer transfersPerSubnet,
        Optional<Integer> transfersPerTenant,
        Integer requestsPerClient,
        Integer requestsPerSubnet,
        Integer errorsPerClient,
        Integer errorsPerSubnet,
        Integer errors,
        Duration burst,
        Integer unansweredPerClient,
        Integer unansweredPerSubnet,
        Integer unanswered,
        Integer firstReplyRepeats,
        Integer ipv4Network,
        Integer ipv6Network,
        List<String> exempt,
        Integer remembered) {

    public LimitsConfig(
            Integer transfersPerClient,
            Integer transfersPerSubnet,
            Optional<Integer> transfersPerTenant,
            Integer requestsPerClient,
            Integer requestsPerSubnet,
            Integer errorsPerClient,
            Integer errorsPerSubnet,
            Integer errors,
            Duration burst,
            Integer unansweredPerClient,
            Integer unansweredPerSubnet,
            Integer unanswered,
            Integer firstReplyRepeats,
            Integer ipv4Network,
            Integer ipv6Network,
            List<String> exempt,
            Integer remembered) {
        LimitSettings or = LimitSettings.DEFAULT;
        this.transfersPerClient = Defaults.or(transfersPerClient, or.transfersPerClient());
        this.transfersPerSubnet = Defaults.or(transfersPerSubnet, or.transfersPerSubnet());
        this.transfersPerTenant = Defaults.or(transfersPerTenant, Optional.empty());
        this.requestsPerClient = Defaults.or(requestsPerClient, or.requestsPerClient());
        this.requestsPerSubnet = Defaults.or(requestsPerSubnet, or.requestsPerSubnet());
        this.errorsPerClient = Defaults.or(errorsPerClient, or.errorsPerClient());
        this.errorsPerSubnet = Defaults.or(errorsPerSubnet, or.errorsPerSubnet());
        this.errors = Defaults.or(errors, or.errors());
        this.burst = Defaults.or(burst, or.burst());
        this.unansweredPerClient = Defaults.or(unansweredPerClient, or.unansweredPerClient());
        this.unansweredPerSubnet = Defaults.or(unansweredPerSubnet, or.unansweredPerSubnet());
        this.unanswered = Defaults.or(unanswered, or.unanswered());
        this.firstReplyRepeats = Defaults.or(firstReplyRepeats, or.firstReplyRepeats());
        this.ipv4Network = Defaults.or(ipv4Network, or.ipv4Network());
        this.ipv6Network = Defaults.or(ipv6Network, or.ipv6Network());
        this.exempt = List.copyOf(Defaults.or(exempt, List.of("127.0.0.0/8", "::1")));
        this.remembered = Defaults.or(remembered, or.remembered());
        settings(); // says what makes no sense
    }

    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    public static LimitsConfig defaults() {
        return new LimitsConfig(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    public LimitSettings settings() {
        return settings(Map.of());
    }

    /** @param transfersOfTenants that tenants may have at the same time, where it is said for them */
    public LimitSettings settings(Map<Tenant, Integer> transfersOfTenants) {
        return new LimitSettings(
                transfersPerClient,
                transfersPerSubnet,
                transfersPerTenant.orElse(LimitSettings.DEFAULT.transfersPerTenant()),
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
                exempt.stream().map(Cidr::parse).toList(),
                remembered,
                transfersOfTenants);
    }
}
