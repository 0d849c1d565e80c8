package io.tftpdc.edge.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.tftpdc.edge.http.HttpSettings;
import io.tftpdc.edge.index.RocksMemory;
import io.tftpdc.edge.net.PortPolicy;
import io.tftpdc.edge.net.TftpSettings;
import io.tftpdc.edge.policy.BlockSizeCap;
import io.tftpdc.edge.policy.Cidr;
import io.tftpdc.edge.policy.LocalLinks;
import io.tftpdc.edge.policy.NetworkMtu;
import io.tftpdc.edge.policy.TenantMap;
import io.tftpdc.edge.settings.Combinations;
import io.tftpdc.edge.settings.LimitsConfig;
import io.tftpdc.edge.settings.NamesConfig;
import io.tftpdc.edge.settings.PlacementRule;
import io.tftpdc.edge.settings.ProfileConfig;
import io.tftpdc.edge.settings.Stale;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.ConfigState;
import io.tftpdc.objects.ObjectStoreConfig;
import io.tftpdc.runtime.Defaults;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of an edge node.
 *
 * @param site name of the datacenter
 * @param node name of this node in its site
 * @param kafka the site's cluster
 * @param registryUrl the schema registry
 * @param dataDirectory index, content, journal and spooled uploads; losing it costs time, and the transfers and spooled
 *     uploads that Kafka does not have yet
 * @param storeMemory for the index's cache and write buffers, outside the Java heap
 * @param tftp the TFTP listener
 * @param http the HTTP listener, which also answers health and metrics
 * @param tenants whose clients come from which addresses; the first that fits decides, all others are the default
 *     tenant's
 * @param placement which content comes here ahead of time; the first that fits decides, all other content does
 * @param content how much is kept, and how it is fetched
 * @param journal what is remembered of transfers until Kafka has it
 * @param uploads what clients may upload; nothing, unless rules say so
 * @param advertisedHost numeric addresses at which clients reach this node, at most one IPv4 and one IPv6 address; without
 *     any, those that it listens on, and this machine's when it listens on all
 * @param reportInterval how often the node reports on itself
 * @param maxStaleness a node whose index is older is not ready; without it, age never makes a node unready
 * @param stale what a node whose index is older than that does: {@code serve} what it has all the same, or
 *     {@code refuse} clients, so that they ask another node
 * @param objectStores that content is read from whose bytes are not in Kafka; from no others is any
 */
public record EdgeConfig(
        @JsonProperty(required = true) String site,
        String node,
        KafkaConfig kafka,
        URI registryUrl,
        Path dataDirectory,
        DataSize storeMemory,
        Tftp tftp,
        Http http,
        List<TenantClients> tenants,
        List<PlacementRule> placement,
        Content content,
        Journal journal,
        UploadsConfig uploads,
        List<String> advertisedHost,
        Duration reportInterval,
        Optional<Duration> maxStaleness,
        Stale stale,
        List<ObjectStoreConfig> objectStores) {

    public EdgeConfig {
        node = Defaults.or(node, "edge-1");
        registryUrl = Defaults.or(registryUrl, URI.create("http://localhost:8081"));
        dataDirectory = Defaults.or(dataDirectory, Path.of("data", "edge"));
        storeMemory = Defaults.or(storeMemory, DataSize.bytes(RocksMemory.DEFAULT_BYTES));
        tftp = Defaults.or(tftp, Tftp.defaults());
        http = Defaults.or(http, Http.defaults());
        tenants = List.copyOf(Defaults.or(tenants, List.of()));
        placement = List.copyOf(Defaults.or(placement, List.of()));
        content = Defaults.or(content, Content.defaults());
        journal = Defaults.or(journal, Journal.defaults());
        uploads = Defaults.or(uploads, UploadsConfig.defaults());
        advertisedHost = List.copyOf(Defaults.or(advertisedHost, List.of()));
        reportInterval = Defaults.or(reportInterval, Duration.ofSeconds(1));
        maxStaleness = Defaults.or(maxStaleness, Optional.empty());
        stale = Defaults.or(stale, Stale.SERVE);
        objectStores = List.copyOf(Defaults.or(objectStores, List.of()));
        Combinations.require(stale, maxStaleness);
        if (kafka != null) {
            kafka.requirePeersOf(site);
        }
        if (site != null) {
            // Checks only; the name of a site is text in the file.
            SiteName checked = new SiteName(site);
            site = checked.value();
        }
        require(
                storeMemory.toBytes() >= DataSize.mebibytes(16).toBytes(),
                "`store-memory` is " + storeMemory + "; expected at least 16MiB, and 64MiB for a million files");
        advertisedHost.forEach(EdgeConfig::requireNumeric);
        require(
                advertisedHost.size() <= 2
                        && advertisedHost.stream()
                                        .map(host -> host.contains(":"))
                                        .distinct()
                                        .count()
                                == advertisedHost.size(),
                "`advertised-host` is " + advertisedHost + "; expected at most one IPv4 and one IPv6 address");
        require(
                reportInterval.toMillis() >= 100,
                "`report-interval` is " + reportInterval + "; expected at least 100ms, such as 1s");
    }

    /**
     * @param listen numeric addresses; {@code ::} is every IPv4 and IPv6 address, {@code 0.0.0.0} every IPv4 address;
     *     without any, everything that the host has
     * @param port 0 for a free one
     * @param transferPorts which ports answers come from: {@code ephemeral}, any that is free; a range such as
     *     {@code 50000-50063}, for firewalls, with at least one for each event loop; {@code single}, the port that was
     *     called, for NAT, load balancers and Kubernetes
     * @param eventLoops threads; 0 is one for every two processors, since half of a packet's work is the kernel's
     * @param maxTransfers at the same time
     * @param maxBlockSize largest blksize agreed to (RFC 2348), 8 to 65464; without it, what needs no fragments: what the
     *     interface takes for clients on its own network (65464 on loopback), at most Ethernet's 1468 (IPv4) or 1448
     *     (IPv6) for those behind a router
     * @param maxWindowSize largest windowsize agreed to (RFC 7440)
     * @param names what clients may call a file, for tenants that do not say so themselves
     * @param profiles clients that need to be served otherwise; the first that fits decides
     * @param limits how much a client, its network and its tenant may have
     */
    public record Tftp(
            List<String> listen,
            Integer port,
            String transferPorts,
            Integer eventLoops,
            Integer maxTransfers,
            Optional<Integer> maxBlockSize,
            Integer maxWindowSize,
            NamesConfig names,
            List<ProfileConfig> profiles,
            LimitsConfig limits) {
        public Tftp {
            listen = List.copyOf(Defaults.or(listen, List.of()));
            port = Defaults.or(port, 6969);
            transferPorts = Defaults.or(transferPorts, "ephemeral");
            eventLoops = Defaults.or(eventLoops, 0);
            maxTransfers = Defaults.or(maxTransfers, TftpSettings.DEFAULT_MAX_TRANSFERS);
            maxBlockSize = Defaults.or(maxBlockSize, Optional.empty());
            maxWindowSize = Defaults.or(maxWindowSize, NegotiationPolicy.DEFAULT.maxWindowSize());
            names = Defaults.or(names, NamesConfig.defaults());
            profiles = List.copyOf(Defaults.or(profiles, List.of()));
            limits = Defaults.or(limits, LimitsConfig.defaults());
            listen.forEach(EdgeConfig::requireNumeric);
            requirePort(port);
            require(maxTransfers >= 1, "`max-transfers` is " + maxTransfers + "; expected 1 or more");
            limits.settings().requireRoomFor(maxTransfers);
            maxBlockSize.ifPresent(ProfileConfig::requireBlockSize);
            ProfileConfig.requireWindowSize(maxWindowSize);
            if (PortPolicy.parse(transferPorts) instanceof PortPolicy.Range range) {
                int loops = TftpSettings.loopsFor(eventLoops);
                require(
                        range.size() >= loops,
                        "`transfer-ports` are " + range.size() + " for " + loops
                                + " event loops; expected at least one for each, and better 4");
            }
        }

        @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
        static Tftp defaults() {
            return new Tftp(null, null, null, null, null, null, null, null, null, null);
        }

        public PortPolicy ports() {
            return PortPolicy.parse(transferPorts);
        }

        BlockSizeCap blockSizes() {
            return maxBlockSize
                    .map(BlockSizeCap::fixed)
                    .orElseGet(() -> new NetworkMtu(LocalLinks::of, System::nanoTime));
        }
    }

    /**
     * @param host numeric address; without it, everything that the host has
     * @param port 0 for a free one
     * @param maxConnections at the same time
     */
    public record Http(Optional<String> host, Integer port, Integer maxConnections) {
        public Http {
            host = Defaults.or(host, Optional.empty());
            port = Defaults.or(port, 8069);
            maxConnections = Defaults.or(maxConnections, HttpSettings.DEFAULT_MAX_CONNECTIONS);
            host.ifPresent(EdgeConfig::requireNumeric);
            requirePort(port);
            require(maxConnections >= 1, "`max-connections` is " + maxConnections + "; expected 1 or more");
        }

        @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
        static Http defaults() {
            return new Http(null, null, null);
        }
    }

    /**
     * @param tenant whose they are
     * @param clients address ranges such as {@code 10.1.0.0/16}
     * @param names what they may call a file; without it, as under {@code tftp.names}
     */
    public record TenantClients(
            @JsonProperty(required = true) String tenant,
            @JsonProperty(required = true) List<String> clients,
            Optional<NamesConfig> names) {
        public TenantClients {
            names = Defaults.or(names, Optional.empty());
            clients = List.copyOf(Defaults.or(clients, List.of()));
            if (tenant != null) {
                Tenant checked = new Tenant(tenant);
                tenant = checked.value();
            }
            clients.forEach(Cidr::parse);
        }
    }

    /**
     * @param quota what content may take on disk; the least recently used goes first
     * @param fetchers connections to Kafka that fetch side by side
     * @param fetchTimeout how long a client waits for content that has to be fetched
     * @param readAhead pieces of 512 KiB that are fetched beyond the one being read
     */
    public record Content(DataSize quota, Integer fetchers, Duration fetchTimeout, Integer readAhead) {
        public Content {
            quota = Defaults.or(quota, DataSize.gibibytes(10));
            fetchers = Defaults.or(fetchers, 3);
            fetchTimeout = Defaults.or(fetchTimeout, Duration.ofSeconds(20));
            readAhead = Defaults.or(readAhead, 4);
            require(quota.toBytes() >= 1 << 20, "`quota` is " + quota + "; expected at least 1MiB, such as 10GiB");
            require(fetchers >= 1 && fetchers <= 32, "`fetchers` is " + fetchers + "; expected 1 to 32");
            require(
                    fetchTimeout.toMillis() >= 100,
                    "`fetch-timeout` is " + fetchTimeout + "; expected at least 100ms, such as 20s");
            require(readAhead >= 0 && readAhead <= 64, "`read-ahead` is " + readAhead + "; expected 0 to 64");
        }

        @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
        static Content defaults() {
            return new Content(null, null, null, null);
        }
    }

    /**
     * @param queue transfers in memory, for the moments in which the disk is slow
     * @param maxEvents transfers on disk, for the time in which Kafka is away; later ones are dropped and counted
     */
    public record Journal(Integer queue, Long maxEvents) {
        public Journal {
            queue = Defaults.or(queue, 65_536);
            maxEvents = Defaults.or(maxEvents, 1_000_000L);
            require(queue >= 1, "`queue` is " + queue + "; expected 1 or more");
            require(maxEvents >= 1, "`max-events` is " + maxEvents + "; expected 1 or more");
        }

        @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
        static Journal defaults() {
            return new Journal(null, null);
        }
    }

    /** What an edge node needs at least; the rest are defaults. */
    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    public static EdgeConfig of(String site, String bootstrapServers, URI registryUrl, Path dataDirectory) {
        return new EdgeConfig(
                site,
                null,
                KafkaConfig.of(bootstrapServers),
                registryUrl,
                dataDirectory,
                null,
                null,
                null,
                null,
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

    /** The same on other ports, 0 for free ones, and on one address only, or on all when it is empty. */
    public EdgeConfig listeningOn(Optional<String> address, int tftpPort, int httpPort) {
        Tftp newTftp = new Tftp(
                address.map(List::of).orElse(List.of()),
                tftpPort,
                tftp.transferPorts(),
                tftp.eventLoops(),
                tftp.maxTransfers(),
                tftp.maxBlockSize(),
                tftp.maxWindowSize(),
                tftp.names(),
                tftp.profiles(),
                tftp.limits());
        Http newHttp = new Http(address, httpPort, http.maxConnections());
        return with(newTftp, newHttp, uploads);
    }

    /** The same, with uploads of files that fit these patterns, of the default tenant and from every client. */
    public EdgeConfig allowingUploads(List<String> paths) {
        return with(tftp, http, uploads.allowing(paths));
    }

    private EdgeConfig with(Tftp otherTftp, Http otherHttp, UploadsConfig otherUploads) {
        return new EdgeConfig(
                site,
                node,
                kafka,
                registryUrl,
                dataDirectory,
                storeMemory,
                otherTftp,
                otherHttp,
                tenants,
                placement,
                content,
                journal,
                otherUploads,
                advertisedHost,
                reportInterval,
                maxStaleness,
                stale,
                objectStores);
    }

    public TenantMap tenantMap() {
        return new TenantMap(tenants.stream()
                .map(rule -> new TenantMap.Rule(
                        new Tenant(rule.tenant()),
                        rule.clients().stream().map(Cidr::parse).toList()))
                .toList());
    }

    /**
     * What a tenant's clients may call a file, by the file.
     *
     * @param key where it stands
     */
    record OwnNames(String key, NamesConfig names) {}

    /** @throws IllegalArgumentException when a tenant has them twice */
    Map<Tenant, OwnNames> ownNames() {
        Map<Tenant, OwnNames> own = new HashMap<>();
        for (int i = 0; i < tenants.size(); i++) {
            TenantClients clients = tenants.get(i);
            if (clients.names().isPresent()) {
                OwnNames names =
                        new OwnNames("tenants[" + i + "].names", clients.names().get());
                if (own.put(new Tenant(clients.tenant()), names) != null) {
                    throw new IllegalArgumentException("`" + names.key() + "`: the tenant " + clients.tenant()
                            + " has names already; give them once, they hold for all its clients");
                }
            }
        }
        return own;
    }

    /**
     * What the node works by while nothing is set at run time. Reads the map files that are named.
     *
     * @throws IllegalArgumentException when one cannot be read or used
     */
    public EdgePolicy policy() {
        return EdgePolicy.of(this, ConfigState.EMPTY);
    }

    private static void requireNumeric(String address) {
        require(
                address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%.+)?"),
                "address is '" + address + "'; expected a numeric one such as 0.0.0.0, :: or 192.0.2.7");
    }

    private static void requirePort(int port) {
        require(port >= 0 && port <= 65535, "`port` is " + port + "; expected 0 to 65535");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
