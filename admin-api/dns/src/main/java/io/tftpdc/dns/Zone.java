package io.tftpdc.dns;

import io.tftpdc.placement.Subnet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.TextParseException;

/**
 * What does not change in a zone: its name, who serves it and who is responsible. Immutable.
 *
 * @param apex its name, that of the nearest edge nodes
 * @param nameServers the first one is the primary
 * @param hosts addresses of name servers inside the zone
 * @param contact the mailbox as SOA writes it
 * @param ttlSeconds of everything in it
 */
record Zone(Name apex, List<Name> nameServers, Map<Name, List<InetAddress>> hosts, Name contact, long ttlSeconds) {
    private static final long REFRESH = 3_600;
    private static final long RETRY = 600;
    private static final long EXPIRE = 86_400;

    Zone {
        nameServers = List.copyOf(nameServers);
        hosts = Map.copyOf(hosts);
    }

    /** @throws IllegalArgumentException naming what cannot be a name, or a name server without an address */
    static List<Zone> all(
            List<String> zones,
            List<DnsSettings.NameServer> nameServers,
            List<String> listen,
            String contact,
            Duration ttl) {
        return zones.stream()
                .map(zone -> {
                    Name apex = name(zone);
                    return of(
                            apex,
                            nameServers.isEmpty()
                                    ? List.of(new DnsSettings.NameServer("ns." + apex, reachable(listen)))
                                    : nameServers,
                            contact(contact.isEmpty() ? "hostmaster@" + apex : contact),
                            ttl.toSeconds());
                })
                .toList();
    }

    private static Zone of(Name apex, List<DnsSettings.NameServer> nameServers, Name contact, long ttl) {
        List<Name> names = new ArrayList<>();
        Map<Name, List<InetAddress>> hosts = new HashMap<>();
        for (DnsSettings.NameServer server : nameServers) {
            Name name = name(server.name());
            names.add(name);
            if (name.subdomain(apex)) {
                if (name.equals(apex)) {
                    throw new IllegalArgumentException("name server is " + name
                            + ", which is the zone itself; expected a name of its own such as ns." + apex);
                }
                hosts.put(name, server.addresses().stream().map(Subnet::address).toList());
            }
        }
        return new Zone(apex, names, hosts, contact, ttl);
    }

    private static List<String> reachable(List<String> listen) {
        return listen.stream()
                .filter(address -> !Subnet.address(address).isAnyLocalAddress())
                .toList();
    }

    private static Name name(String text) {
        try {
            Name name = Name.fromString(text, Name.root);
            if (name.labels() > 2) {
                return name;
            }
        } catch (TextParseException e) {
            throw new IllegalArgumentException("'" + text + "' is no name: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no name for a zone; expected for example tftp.example.net");
    }

    private static Name contact(String mailbox) {
        int at = mailbox.indexOf('@');
        if (at <= 0) {
            throw new IllegalArgumentException(
                    "`contact` is '" + mailbox + "'; expected a mailbox such as hostmaster@example.net");
        }
        // A dot in front of the @ is part of the first label (RFC 1035 section 8).
        return name(mailbox.substring(0, at).replace(".", "\\.") + "." + mailbox.substring(at + 1));
    }

    boolean contains(Name name) {
        return name.subdomain(apex);
    }

    /** The one label in front of the zone's name, in lower case, where there is just one. */
    Optional<String> label(Name name) {
        return name.labels() == apex.labels() + 1
                ? Optional.of(name.getLabelString(0).toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    /** Whether something is below a name that itself has nothing: then it exists all the same (RFC 8020). */
    boolean hasBelow(Name name) {
        return hosts.keySet().stream().anyMatch(host -> host.subdomain(name));
    }

    List<Record> ns(Name owner) {
        return nameServers.stream()
                .<Record>map(server -> new NSRecord(owner, DClass.IN, ttlSeconds, server))
                .toList();
    }

    /** @param serial seconds since 1970, modulo 2^32 */
    Record soa(Name owner, long serial) {
        return new SOARecord(
                owner,
                DClass.IN,
                ttlSeconds,
                nameServers.get(0),
                contact,
                serial & 0xFFFFFFFFL,
                REFRESH,
                RETRY,
                EXPIRE,
                ttlSeconds);
    }
}
