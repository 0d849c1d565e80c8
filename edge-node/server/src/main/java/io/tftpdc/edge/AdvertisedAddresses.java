package io.tftpdc.edge;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where clients are told to reach the node: {@code host:port} by protocol. A node that is reached over both families has
 * its IPv6 address under {@code tftp-ipv6} and {@code http-ipv6}.
 */
final class AdvertisedAddresses {
    private static final String IPV6 = "-ipv6";

    private final List<String> configured;
    private final List<InetAddress> ofThisMachine;

    /**
     * @param configured numeric; what is listened on when empty
     * @param ofThisMachine at which others reach it, the best first; for listeners on all addresses
     */
    AdvertisedAddresses(List<String> configured, List<InetAddress> ofThisMachine) {
        this.configured = List.copyOf(configured);
        this.ofThisMachine = List.copyOf(ofThisMachine);
    }

    /** @param tftp,http what is listened on; no listener of TFTP, no address */
    Map<String, String> of(List<InetSocketAddress> tftp, InetSocketAddress http) {
        Map<String, String> addresses = new TreeMap<>();
        if (!tftp.isEmpty()) {
            add(addresses, "tftp", tftp);
        }
        add(addresses, "http", List.of(http));
        return addresses;
    }

    private void add(Map<String, String> addresses, String protocol, List<InetSocketAddress> listeners) {
        int port = listeners.get(0).getPort();
        List<String> hosts = configured.isEmpty()
                ? listeners.stream()
                        .flatMap(this::reachable)
                        .map(AdvertisedAddresses::text)
                        .toList()
                : configured;
        Optional<String> ipv4 =
                hosts.stream().filter(host -> !host.contains(":")).findFirst();
        Optional<String> ipv6 =
                hosts.stream().filter(host -> host.contains(":")).findFirst();
        ipv4.ifPresent(host -> addresses.put(protocol, host + ":" + port));
        ipv6.ifPresent(host -> addresses.put(ipv4.isPresent() ? protocol + IPV6 : protocol, "[" + host + "]:" + port));
    }

    private Stream<InetAddress> reachable(InetSocketAddress listener) {
        InetAddress address = listener.getAddress();
        if (!address.isAnyLocalAddress()) {
            return Stream.of(address);
        }
        // 0.0.0.0 takes IPv4 only, :: both.
        return ofThisMachine.stream().filter(own -> own instanceof Inet4Address || !(address instanceof Inet4Address));
    }

    /** Without the zone, which means nothing elsewhere. */
    private static String text(InetAddress address) {
        return address.getHostAddress().replaceFirst("%.*", "");
    }
}
