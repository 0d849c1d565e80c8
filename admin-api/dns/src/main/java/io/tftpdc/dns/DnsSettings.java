package io.tftpdc.dns;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tftpdc.placement.Subnet;
import io.tftpdc.runtime.Defaults;
import java.time.Duration;
import java.util.List;

/**
 * The DNS server that answers names with edge nodes.
 *
 * @param zones names that it is authoritative for, such as {@code tftp.example.net}; without any there is no DNS server
 * @param listen numeric addresses, over UDP and TCP; name each one on a host with several, so that answers come from the
 *     address that was asked
 * @param port 0 for a free one
 * @param ttl how long resolvers may keep an answer
 * @param answers addresses in an answer at most
 * @param nameServers the zones' NS records, the same as the parent zone has; without any, {@code ns} in each zone at the
 *     addresses that are listened on
 * @param contact mailbox of who is responsible; without it, {@code hostmaster} at the zone
 * @param maxConnections TCP connections at the same time
 * @param maxConnectionsPerClient of these, from one address
 * @param idleTimeout after which a TCP connection without a query is closed
 */
public record DnsSettings(
        List<String> zones,
        List<String> listen,
        Integer port,
        Duration ttl,
        Integer answers,
        List<NameServer> nameServers,
        String contact,
        Integer maxConnections,
        Integer maxConnectionsPerClient,
        Duration idleTimeout) {

    public DnsSettings {
        zones = List.copyOf(Defaults.or(zones, List.of()));
        listen = List.copyOf(Defaults.or(listen, List.of("127.0.0.1")));
        port = Defaults.or(port, 53);
        ttl = Defaults.or(ttl, Duration.ofSeconds(5));
        answers = Defaults.or(answers, 3);
        nameServers = List.copyOf(Defaults.or(nameServers, List.of()));
        contact = Defaults.or(contact, "");
        maxConnections = Defaults.or(maxConnections, 200);
        maxConnectionsPerClient = Defaults.or(maxConnectionsPerClient, 20);
        idleTimeout = Defaults.or(idleTimeout, Duration.ofSeconds(10));
        require(port >= 0 && port <= 65535, "`port` is " + port + "; expected 0 to 65535");
        require(!listen.isEmpty(), "`listen` is empty; expected at least one address such as 192.0.2.53");
        listen.forEach(Subnet::address);
        require(
                ttl.toSeconds() >= 0 && ttl.compareTo(Duration.ofDays(1)) <= 0,
                "`ttl` is " + ttl + "; expected 0s to 1d, such as 5s");
        require(answers >= 1 && answers <= 32, "`answers` is " + answers + "; expected 1 to 32");
        require(maxConnections >= 1, "`max-connections` is " + maxConnections + "; expected 1 or more");
        require(
                maxConnectionsPerClient >= 1,
                "`max-connections-per-client` is " + maxConnectionsPerClient + "; expected 1 or more");
        require(
                idleTimeout.toMillis() >= 100,
                "`idle-timeout` is " + idleTimeout + "; expected at least 100ms, such as 10s");
        if (!zones.isEmpty()) {
            Zone.all(zones, nameServers, listen, contact, ttl);
        }
    }

    /**
     * @param name such as {@code ns1.example.net}
     * @param addresses needed where the name is inside one of the zones
     */
    public record NameServer(@JsonProperty(required = true) String name, List<String> addresses) {
        public NameServer {
            addresses = List.copyOf(Defaults.or(addresses, List.of()));
            addresses.forEach(Subnet::address);
        }
    }

    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    public static DnsSettings defaults() {
        return new DnsSettings(null, null, null, null, null, null, null, null, null, null);
    }

    /** Whether there is a DNS server at all. */
    public boolean isOn() {
        return !zones.isEmpty();
    }

    List<Zone> allZones() {
        return Zone.all(zones, nameServers, listen, contact, ttl);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
