package io.tftpdc.admin.placement;

import io.tftpdc.dns.DnsSettings;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** What edge nodes report, and what DNS says of them. */
final class Edges {
    static final String ZONE = "tftp.example.net";
    static final Duration TTL = Duration.ofSeconds(1);

    private Edges() {}

    static NodeReported report(String site, String node, String address, String state, long atMillis) {
        return new NodeReported(
                new SiteName(site),
                node,
                "1",
                state,
                1,
                atMillis,
                3,
                0,
                0,
                100,
                Map.of(),
                List.of(),
                "edge",
                Map.of("tftp", address + ":69", "http", address + ":8069"),
                new SiteName(site),
                100);
    }

    static DnsSettings dns() {
        return new DnsSettings(
                List.of(ZONE), List.of("127.0.0.1"), 0, TTL, 3, List.of(), "", 10, 10, Duration.ofSeconds(10));
    }

    /** The A records for a client of 10.1.0.0/24. */
    static List<String> addresses(int port) {
        try {
            SimpleResolver resolver = new SimpleResolver(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            resolver.setTimeout(Duration.ofSeconds(10));
            resolver.setEDNS(0, 1232, 0, List.of(new ClientSubnetOption(24, 0, InetAddress.getByName("10.1.0.0"))));
            Message answer =
                    resolver.send(Message.newQuery(Record.newRecord(Name.fromString(ZONE + "."), Type.A, DClass.IN)));
            return answer.getSection(Section.ANSWER).stream()
                    .map(Record::rdataToString)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
