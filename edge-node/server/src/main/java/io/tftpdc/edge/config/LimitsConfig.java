package io.tftpdc.edge.config;

import io.tftpdc.edge.content.Cidr;
import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.runtime.Defaults;
import java.time.Duration;
import java.util.List;
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
 * @param remembered clients of which the server keeps count, some 100 bytes each
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

    public LimitsConfig {
        LimitSettings or = LimitSettings.DEFAULT;
        transfersPerClient = Defaults.or(transfersPerClient, or.transfersPerClient());
        transfersPerSubnet = Defaults.or(transfersPerSubnet, or.transfersPerSubnet());
        transfersPerTenant = Defaults.or(transfersPerTenant, Optional.empty());
        requestsPerClient = Defaults.or(requestsPerClient, or.requestsPerClient());
        requestsPerSubnet = Defaults.or(requestsPerSubnet, or.requestsPerSubnet());
        errorsPerClient = Defaults.or(errorsPerClient, or.errorsPerClient());
        errorsPerSubnet = Defaults.or(errorsPerSubnet, or.errorsPerSubnet());
        errors = Defaults.or(errors, or.errors());
        burst = Defaults.or(burst, or.burst());
        unansweredPerClient = Defaults.or(unansweredPerClient, or.unansweredPerClient());
        unansweredPerSubnet = Defaults.or(unansweredPerSubnet, or.unansweredPerSubnet());
        unanswered = Defaults.or(unanswered, or.unanswered());
        firstReplyRepeats = Defaults.or(firstReplyRepeats, or.firstReplyRepeats());
        ipv4Network = Defaults.or(ipv4Network, or.ipv4Network());
        ipv6Network = Defaults.or(ipv6Network, or.ipv6Network());
        exempt = List.copyOf(Defaults.or(exempt, List.of("127.0.0.0/8", "::1")));
        remembered = Defaults.or(remembered, or.remembered());
        new LimitSettings(
                transfersPerClient,
                transfersPerSubnet,
                transfersPerTenant.orElse(or.transfersPerTenant()),
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
                remembered);
    }

    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    static LimitsConfig defaults() {
        return new LimitsConfig(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    public LimitSettings settings() {
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
                remembered);
    }
}
