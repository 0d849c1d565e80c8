package io.tftpdc.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.tftpdc.dns.DnsSettings;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.objects.ObjectStoreConfig;
import io.tftpdc.placement.Placement;
import io.tftpdc.placement.SiteMap;
import io.tftpdc.placement.Subnet;
import io.tftpdc.runtime.Defaults;
import io.tftpdc.runtime.KafkaClientSettings;
import io.tftpdc.runtime.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The configuration of an admin API process.
 *
 * @param site name of the datacenter; the origin of every event written here
 * @param node name of this process in its site, a tag of every meter
 * @param host address to listen on; the default is reachable from this machine only, {@code 0.0.0.0} is everywhere
 * @param port port to listen on, 0 for a free one
 * @param kafka the site's cluster
 * @param registryUrl the schema registry
 * @param streamsUrl where the streams processors answer questions about the index
 * @param maxFileSize larger uploads are refused
 * @param indexWait how long a publish waits for the index to show it before it answers 202
 * @param idleTimeout how long a connection may stand still, in the middle of an upload too
 * @param allowedClockSkew how far ahead of its own clock it stamps an event; the same as the streams processors take
 * @param tenants created at start unless they are there
 * @param sites which clients are near which site; those of no subnet are near this one
 * @param silentAfter an edge node that reported nothing for so long may be dead, and clients are sent to others
 * @param dns answers names with the nearest edge nodes; off without {@code zones}
 * @param objectStores that files may be published from where they lie, and are read from
 */
public record AdminConfig(
        @JsonProperty(required = true) String site,
        String node,
        String host,
        Integer port,
        Kafka kafka,
        URI registryUrl,
        URI streamsUrl,
        DataSize maxFileSize,
        Duration indexWait,
        Duration idleTimeout,
        Duration allowedClockSkew,
        List<String> tenants,
        List<Site> sites,
        Duration silentAfter,
        DnsSettings dns,
        List<ObjectStoreConfig> objectStores) {

    public AdminConfig {
        node = Defaults.or(node, "admin-1");
        host = Defaults.or(host, "127.0.0.1");
        port = Defaults.or(port, 8080);
        registryUrl = Defaults.or(registryUrl, URI.create("http://localhost:8081"));
        streamsUrl = Defaults.or(streamsUrl, URI.create("http://localhost:8082"));
        maxFileSize = Defaults.or(maxFileSize, DataSize.gibibytes(16));
        indexWait = Defaults.or(indexWait, Duration.ofSeconds(5));
        idleTimeout = Defaults.or(idleTimeout, Duration.ofSeconds(60));
        allowedClockSkew = Defaults.or(allowedClockSkew, Duration.ofMillis(ClockSkew.DEFAULT.allowedMillis()));
        tenants = List.copyOf(Defaults.or(tenants, List.of("default")));
        sites = List.copyOf(Defaults.or(sites, List.of()));
        silentAfter = Defaults.or(silentAfter, Duration.ofSeconds(4));
        dns = Defaults.or(dns, DnsSettings.defaults());
        objectStores = List.copyOf(Defaults.or(objectStores, List.of()));
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("`port` is " + port + "; expected 0 to 65535");
        }
        if (allowedClockSkew.isNegative()) {
            throw new IllegalArgumentException(
                    "`allowed-clock-skew` is " + allowedClockSkew + "; expected 0s or more, such as 5m");
        }
        if (site != null) {
            // Checks only; names and subnets are text in the file.
            new SiteMap(new SiteName(site), sites.stream().map(Site::placed).toList());
        }
        if (silentAfter.toMillis() < 500) {
            throw new IllegalArgumentException("`silent-after` is " + silentAfter
                    + "; expected at least 500ms, and several times the edge nodes' `report-interval`, such as 4s");
        }
        tenants.forEach(Tenant::new);
    }

    /**
     * @param site a datacenter
     * @param subnets whose clients are near it, such as {@code 10.1.0.0/16}; the longest prefix decides
     * @param prefer the sites to go to when it has no edge node alive, the best first; others come after them
     */
    public record Site(@JsonProperty(required = true) String site, List<String> subnets, List<String> prefer) {
        public Site {
            subnets = List.copyOf(Defaults.or(subnets, List.of()));
            prefer = List.copyOf(Defaults.or(prefer, List.of()));
            subnets.forEach(Subnet::parse);
            prefer.forEach(SiteName::new);
            if (site != null) {
                SiteName checked = new SiteName(site);
                site = checked.value();
            }
        }

        private SiteMap.Site placed() {
            return new SiteMap.Site(
                    new SiteName(site),
                    subnets.stream().map(Subnet::parse).toList(),
                    prefer.stream().map(SiteName::new).toList());
        }
    }

    /** How clients are placed, as {@code sites} and {@code silent-after} say. */
    public Placement placement() {
        return new Placement(
                new SiteMap(new SiteName(site), sites.stream().map(Site::placed).toList()), silentAfter.toMillis());
    }

    /**
     * @param bootstrapServers one or more {@code host:port}, separated by commas
     * @param replicas of topics that are created; -1 takes the cluster's default
     * @param properties further client settings as Kafka spells them, for TLS and authentication
     */
    public record Kafka(
            @JsonProperty(required = true) String bootstrapServers, Integer replicas, Map<String, Secret> properties) {
        public Kafka {
            replicas = Defaults.or(replicas, -1);
            properties = Map.copyOf(Defaults.or(properties, Map.of()));
            if (replicas < 1 && replicas != -1) {
                throw new IllegalArgumentException(
                        "`replicas` is " + replicas + "; expected at least 1, or -1 for the cluster's default");
            }
        }

        /** The settings that every Kafka client of the process shares. */
        Map<String, Object> clientSettings() {
            return KafkaClientSettings.of(bootstrapServers, properties);
        }
    }

    /** What an admin API needs at least; the rest are defaults. */
    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    public static AdminConfig of(String site, String bootstrapServers, int port, URI registryUrl, URI streamsUrl) {
        return new AdminConfig(
                site,
                null,
                null,
                port,
                new Kafka(bootstrapServers, null, null),
                registryUrl,
                streamsUrl,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** The same, listening on another address. */
    public AdminConfig withHost(String newHost) {
        return new AdminConfig(
                site,
                node,
                newHost,
                port,
                kafka,
                registryUrl,
                streamsUrl,
                maxFileSize,
                indexWait,
                idleTimeout,
                allowedClockSkew,
                tenants,
                sites,
                silentAfter,
                dns,
                objectStores);
    }

    /** The same, placing clients by these sites and answering DNS. */
    public AdminConfig withPlacement(List<Site> newSites, DnsSettings newDns) {
        return new AdminConfig(
                site,
                node,
                host,
                port,
                kafka,
                registryUrl,
                streamsUrl,
                maxFileSize,
                indexWait,
                idleTimeout,
                allowedClockSkew,
                tenants,
                newSites,
                silentAfter,
                newDns,
                objectStores);
    }
}
