package io.tftpdc.dns;

import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.placement.KnownNode;
import io.tftpdc.placement.Placement;
import io.tftpdc.placement.SiteMap;
import io.tftpdc.placement.Subnet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two sites with two edge nodes each, and the zone {@code tftp.example.net} in front of them. */
final class TwoSites {
    static final String ZONE = "tftp.example.net.";
    static final InetAddress NEAR_DC1 = Subnet.address("10.1.0.9");
    static final InetAddress NEAR_DC2 = Subnet.address("10.2.0.9");

    final List<KnownNode> nodes = new ArrayList<>(List.of(
            edge("dc1", "a", "10.1.0.1", "2001:db8:1::1"),
            edge("dc1", "b", "10.1.0.2", "2001:db8:1::2"),
            edge("dc2", "a", "10.2.0.1", ""),
            edge("dc2", "b", "10.2.0.2", "")));

    static KnownNode edge(String site, String node, String ipv4, String ipv6) {
        return edge(site, node, "READY", ipv4, ipv6);
    }

    static KnownNode edge(String site, String node, String state, String ipv4, String ipv6) {
        return new KnownNode(
                new NodeReported(
                        new SiteName(site),
                        node,
                        "1",
                        state,
                        0,
                        0,
                        0,
                        0,
                        0,
                        100,
                        Map.of(),
                        List.of(),
                        "edge",
                        ipv6.isEmpty()
                                ? Map.of("tftp", ipv4 + ":69")
                                : Map.of("tftp", ipv4 + ":69", "tftp-ipv6", "[" + ipv6 + "]:69"),
                        new SiteName(site),
                        100),
                500);
    }

    /** No report of the site for a minute. */
    void silence(String site) {
        nodes.replaceAll(
                node -> node.report().site().value().equals(site) ? new KnownNode(node.report(), 60_000) : node);
    }

    static DnsSettings settings(int answers, int maxConnections, Duration idle) {
        return new DnsSettings(
                List.of("tftp.example.net", "boot.example.org"),
                List.of("127.0.0.1"),
                0,
                Duration.ofSeconds(5),
                answers,
                List.of(
                        new DnsSettings.NameServer("ns1.example.net", List.of()),
                        new DnsSettings.NameServer("ns2.site.tftp.example.net", List.of("192.0.2.53", "2001:db8::53"))),
                "net.ops@example.net",
                maxConnections,
                maxConnections,
                idle);
    }

    DnsResponder responder(int answers) {
        return responder(settings(answers, 10, Duration.ofSeconds(10)));
    }

    DnsResponder responder(DnsSettings settings) {
        SiteName dc1 = new SiteName("dc1");
        SiteName dc2 = new SiteName("dc2");
        return new DnsResponder(
                settings,
                new Placement(
                        new SiteMap(
                                dc1,
                                List.of(
                                        new SiteMap.Site(
                                                dc1,
                                                List.of(Subnet.parse("10.1.0.0/16"), Subnet.parse("2001:db8:1::/48")),
                                                List.of(dc2)),
                                        new SiteMap.Site(dc2, List.of(Subnet.parse("10.2.0.0/16")), List.of()))),
                        4_000),
                () -> List.copyOf(nodes),
                1_800_000_000L);
    }
}
