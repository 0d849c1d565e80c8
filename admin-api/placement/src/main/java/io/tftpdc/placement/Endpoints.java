package io.tftpdc.placement;

import io.tftpdc.event.NodeReported;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The addresses in a {@link NodeReported}: {@code host:port} by protocol, an IPv6 host in brackets. A node that is reached
 * over both families has the IPv6 one under the protocol's name with {@value #IPV6} behind it.
 */
public final class Endpoints {
    /** Behind the name of a protocol. */
    public static final String IPV6 = "-ipv6";

    private Endpoints() {}

    /** The addresses at which the protocol is served, without ports; hosts that are names are left out. */
    public static Set<InetAddress> hosts(NodeReported report, String protocol) {
        Set<InetAddress> hosts = new LinkedHashSet<>();
        Map<String, String> addresses = report.addresses();
        host(addresses.getOrDefault(protocol, "")).ifPresent(hosts::add);
        host(addresses.getOrDefault(protocol + IPV6, "")).ifPresent(hosts::add);
        return hosts;
    }

    private static Optional<InetAddress> host(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        String host = colon < 0 ? endpoint : endpoint.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return Optional.of(Subnet.address(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
