package io.tftpdc.dns;

import io.tftpdc.placement.KnownNode;
import io.tftpdc.placement.Placement;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.HINFORecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Answers DNS messages, one at a time and from nothing but its arguments and the nodes as they are now. Any thread; never
 * blocks.
 *
 * <p>Each zone has at its apex the nearest edge nodes of all sites, at {@code <site>.<zone>} those of one site, and below
 * it the zone's own name servers. There is no recursion, no zone transfer and no signature.
 */
public final class DnsResponder {
    private final List<Zone> zones;
    private final Placement placement;
    private final Supplier<List<KnownNode>> nodes;
    private final int answers;
    private final long serial;

    /**
     * @param nodes as they are at the moment, every time anew
     * @param serial of the zones: seconds since 1970 when this process began
     */
    public DnsResponder(DnsSettings settings, Placement placement, Supplier<List<KnownNode>> nodes, long serial) {
        this.zones = settings.allZones().stream()
                .sorted(Comparator.comparingInt((Zone zone) -> zone.apex().labels())
                        .reversed())
                .toList();
        this.placement = placement;
        this.nodes = nodes;
        this.answers = settings.answers();
        this.serial = serial;
    }

    /**
     * @param message nothing where no reply is to be sent
     * @param truncated whether it says to ask again over TCP
     */
    record Reply(DnsResult result, Optional<byte[]> message, boolean truncated) {}

    /**
     * @param message as it came
     * @param peer who sent it
     * @param udp whether the reply must fit into a datagram
     */
    Reply reply(byte[] message, InetAddress peer, boolean udp) {
        return switch (DnsQuery.read(message)) {
            case DnsMessage.Dropped dropped -> new Reply(dropped.result(), Optional.empty(), false);
            case DnsMessage.Faulty faulty -> new Reply(faulty.result(), Optional.of(faulty.reply()), false);
            case DnsQuery query -> answered(query, peer, udp);
        };
    }

    private Reply answered(DnsQuery query, InetAddress peer, boolean udp) {
        DnsAnswer answer = new DnsAnswer(query);
        DnsResult result = answer(query, peer, answer);
        byte[] wire = answer.toWire(udp);
        return new Reply(result, Optional.of(wire), DnsAnswer.isTruncated(wire));
    }

    private DnsResult answer(DnsQuery query, InetAddress peer, DnsAnswer answer) {
        Optional<Zone> found =
                zones.stream().filter(zone -> zone.contains(query.name())).findFirst();
        if (query.version() != 0) {
            answer.rcode(Rcode.BADVERS);
            return DnsResult.BAD_VERSION;
        }
        if (found.isEmpty() || query.dclass() != DClass.IN || query.isTransfer()) {
            answer.rcode(Rcode.REFUSED);
            return DnsResult.REFUSED;
        }
        Zone zone = found.get();
        answer.authoritative();
        Name name = query.name();
        if (name.equals(zone.apex())) {
            return switch (query.type()) {
                case Type.SOA -> records(answer, List.of(zone.soa(name, serial)));
                case Type.NS -> records(answer, zone.ns(name), glue(zone));
                default -> edges(query, peer, answer, zone, Optional.empty());
            };
        }
        List<InetAddress> host = zone.hosts().get(name);
        if (host != null) {
            return addresses(query, answer, zone, host.stream(), true);
        }
        List<KnownNode> known = nodes.get();
        Optional<String> site = zone.label(name).filter(label -> isSite(label, known));
        if (site.isPresent()) {
            return edges(query, peer, answer, zone, site);
        }
        boolean exists = zone.hasBelow(name);
        answer.rcode(exists ? Rcode.NOERROR : Rcode.NXDOMAIN);
        answer.authority(zone.soa(zone.apex(), serial));
        return exists ? DnsResult.NO_DATA : DnsResult.NO_SUCH_NAME;
    }

    private boolean isSite(String label, List<KnownNode> known) {
        return placement.sites().sites().stream().anyMatch(site -> site.value().equals(label))
                || known.stream().anyMatch(node -> node.report().site().value().equals(label));
    }

    /** @param site whose edge nodes are meant; those of all sites without it */
    private DnsResult edges(DnsQuery query, InetAddress peer, DnsAnswer answer, Zone zone, Optional<String> site) {
        if (query.type() != Type.A && query.type() != Type.AAAA) {
            return addresses(query, answer, zone, Stream.empty(), true);
        }
        ClientSubnetOption option = query.clientSubnet().orElse(null);
        ClientNetwork network = ClientNetwork.of(option, peer, placement.sites());
        List<KnownNode> candidates = nodes.get().stream()
                .filter(node -> site.isEmpty() || node.report().site().value().equals(site.get()))
                .toList();
        EdgeAddresses edges = EdgeAddresses.of(placement.order(network.clients(), candidates), answers);
        if (edges.all().isEmpty()) {
            answer.rcode(Rcode.SERVFAIL);
            return DnsResult.NO_EDGES;
        }
        answer.scope(network.scope());
        return addresses(query, answer, zone, edges.all().stream(), edges.certain());
    }

    private DnsResult addresses(
            DnsQuery query, DnsAnswer answer, Zone zone, Stream<InetAddress> addresses, boolean certain) {
        Name name = query.name();
        List<Record> records =
                switch (query.type()) {
                    case Type.A ->
                        addresses
                                .filter(Inet4Address.class::isInstance)
                                .limit(answers)
                                .map(address -> address(name, zone, address))
                                .toList();
                    case Type.AAAA ->
                        addresses
                                .filter(address -> !(address instanceof Inet4Address))
                                .limit(answers)
                                .map(address -> address(name, zone, address))
                                .toList();
                    // Little for a question that asks for much (RFC 8482 section 4.2).
                    case Type.ANY -> List.of(new HINFORecord(name, DClass.IN, zone.ttlSeconds(), "RFC8482", ""));
                    default -> List.of();
                };
        if (records.isEmpty()) {
            answer.authority(zone.soa(zone.apex(), serial));
            return DnsResult.NO_DATA;
        }
        records(answer, records);
        return certain ? DnsResult.ANSWERED : DnsResult.UNCERTAIN;
    }

    private static Record address(Name name, Zone zone, InetAddress address) {
        return address instanceof Inet4Address
                ? new ARecord(name, DClass.IN, zone.ttlSeconds(), address)
                : new AAAARecord(name, DClass.IN, zone.ttlSeconds(), address);
    }

    private static List<Record> glue(Zone zone) {
        return zone.hosts().entrySet().stream()
                .flatMap(host -> host.getValue().stream().map(address -> address(host.getKey(), zone, address)))
                .toList();
    }

    @SafeVarargs
    private static DnsResult records(DnsAnswer answer, List<Record> answers, List<Record>... additional) {
        answers.forEach(record -> answer.add(record, Section.ANSWER));
        for (List<Record> more : additional) {
            more.forEach(record -> answer.add(record, Section.ADDITIONAL));
        }
        return DnsResult.ANSWERED;
    }
}
