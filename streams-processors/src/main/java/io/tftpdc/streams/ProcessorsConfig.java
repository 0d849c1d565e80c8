package io.tftpdc.streams;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.index.convergence.RepairPlan;
import io.tftpdc.intake.IntakeLimits;
import io.tftpdc.runtime.Defaults;
import io.tftpdc.runtime.HostNames;
import io.tftpdc.runtime.KafkaClientSettings;
import io.tftpdc.runtime.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a streams process.
 *
 * @param site name of the datacenter; the origin of every event written here
 * @param node name of this process in its site, different for each; a tag of every meter, and Kafka's name for a member
 *     that may come back
 * @param host address to listen on for health, metrics and queries; the default is reachable from this machine only,
 *     {@code 0.0.0.0} is everywhere, and so is {@code ::}
 * @param port port to listen on, 0 for a free one
 * @param advertisedHost where the site's other streams processes reach this one; unless told {@code host},
 *     or {@code localhost} where that is everywhere. Other sites ask there, too, which files differ
 * @param kafka the site's cluster
 * @param registryUrl the schema registry, or several of its instances with commas between
 * @param stateDirectory where the stores lie; losing it costs time, not data
 * @param storeMemory for the stores' caches and write buffers together, outside the Java heap
 * @param threads of each application
 * @param allowedClockSkew how far in the future an event may be
 * @param intake what is accepted from publish topics
 * @param repair of an index that stays different from a peer's
 * @param tenants whose publish topics are created at start unless they are there
 */
public record ProcessorsConfig(
        @JsonProperty(required = true) String site,
        String node,
        String host,
        Integer port,
        String advertisedHost,
        Kafka kafka,
        URI registryUrl,
        Path stateDirectory,
        DataSize storeMemory,
        Integer threads,
        Duration allowedClockSkew,
        Intake intake,
        Repair repair,
        List<String> tenants) {

    public ProcessorsConfig {
        node = Defaults.or(node, "streams-1");
        host = Defaults.or(host, "127.0.0.1");
        port = Defaults.or(port, 8082);
        advertisedHost = Defaults.or(advertisedHost, HostNames.isEverywhere(host) ? "localhost" : host);
        registryUrl = Defaults.or(registryUrl, URI.create("http://localhost:8081"));
        stateDirectory = Defaults.or(stateDirectory, Path.of("data", "streams"));
        storeMemory = Defaults.or(storeMemory, DataSize.mebibytes(96));
        threads = Defaults.or(threads, 1);
        allowedClockSkew = Defaults.or(allowedClockSkew, Duration.ofMillis(ClockSkew.DEFAULT.allowedMillis()));
        intake = Defaults.or(intake, Intake.defaults());
        repair = Defaults.or(repair, Repair.defaults());
        tenants = List.copyOf(Defaults.or(tenants, List.of(Tenant.DEFAULT.value())));
        if (site != null) {
            // Checks only; the name of a site is text in the file.
            SiteName checked = new SiteName(site);
            site = checked.value();
        }
        if (!node.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException("`node` is '" + node
                    + "'; expected 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-', different for each process of the site");
        }
        if (HostNames.isEverywhere(advertisedHost)) {
            throw new IllegalArgumentException("`advertised-host` is '" + advertisedHost
                    + "', where nobody can connect to; expected a name or address of this host that others reach");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("`port` is " + port + "; expected 0 to 65535");
        }
        if (threads < 1 || threads > 64) {
            throw new IllegalArgumentException("`threads` is " + threads + "; expected 1 to 64");
        }
        if (storeMemory.toBytes() < DataSize.mebibytes(16).toBytes()) {
            throw new IllegalArgumentException("`store-memory` is " + storeMemory + "; expected at least 16MiB");
        }
        if (allowedClockSkew.isNegative()) {
            throw new IllegalArgumentException(
                    "`allowed-clock-skew` is " + allowedClockSkew + "; expected 0s or more, such as 5m");
        }
        tenants.forEach(Tenant::new);
    }

    /**
     * @param bootstrapServers one or more {@code host:port}, separated by commas
     * @param replicas of topics that are created, also of the applications' own; -1 takes the cluster's default
     * @param startTimeout how long to wait at start for Kafka and the registry to answer
     * @param properties further client settings as Kafka spells them, for TLS and authentication
     */
    public record Kafka(
            @JsonProperty(required = true) String bootstrapServers,
            Integer replicas,
            Duration startTimeout,
            Map<String, Secret> properties) {
        public Kafka {
            replicas = Defaults.or(replicas, -1);
            startTimeout = Defaults.or(startTimeout, Duration.ofSeconds(60));
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

    /**
     * @param maxRecordSize largest value of one record, at most 64 MiB, which is what publish topics take
     * @param maxFileSize largest file, of parts or in an object store
     * @param uploadIdle how long the next part of an upload may take
     * @param commitInterval longest that a publish waits for its transaction's end under load; a lone one does not wait
     */
    public record Intake(DataSize maxRecordSize, DataSize maxFileSize, Duration uploadIdle, Duration commitInterval) {
        public Intake {
            maxRecordSize = Defaults.or(maxRecordSize, DataSize.mebibytes(IntakeLimits.DEFAULT.maxRecordBytes() >> 20));
            maxFileSize = Defaults.or(maxFileSize, DataSize.gibibytes(IntakeLimits.DEFAULT.maxFileBytes() >> 30));
            uploadIdle = Defaults.or(uploadIdle, IntakeLimits.DEFAULT.uploadIdle());
            commitInterval = Defaults.or(commitInterval, Duration.ofMillis(200));
            if (maxRecordSize.toBytes() > DataSize.mebibytes(64).toBytes()) {
                throw new IllegalArgumentException("`max-record-size` is " + maxRecordSize
                        + "; expected at most 64MiB, the largest record that publish topics take");
            }
            if (commitInterval.toMillis() < 1) {
                throw new IllegalArgumentException(
                        "`commit-interval` is " + commitInterval + "; expected at least 1ms, such as 200ms");
            }
            IntakeLimits checked = new IntakeLimits(maxRecordSize.toBytes(), maxFileSize.toBytes(), uploadIdle);
            uploadIdle = checked.uploadIdle();
        }

        @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
        static Intake defaults() {
            return new Intake(null, null, null, null);
        }

        IntakeLimits limits() {
            return new IntakeLimits(maxRecordSize.toBytes(), maxFileSize.toBytes(), uploadIdle);
        }
    }

    /**
     * @param after how long a bucket of the index must have differed from a peer's, without a change on either side,
     *     before its entries are announced again
     * @param longestPause between two announcements of one bucket; each takes twice as long as the one before
     */
    public record Repair(Duration after, Duration longestPause) {
        /** Signs of life come every ten seconds; a peer that misses several is cut off, and is waited for. */
        private static final Duration SILENT = Duration.ofSeconds(45);

        public Repair {
            after = Defaults.or(after, Duration.ofSeconds(60));
            longestPause = Defaults.or(longestPause, Duration.ofHours(1));
            if (after.toMillis() < 1000) {
                throw new IllegalArgumentException(
                        "`after` is " + after + "; expected at least 1s, such as 60s, or the mirror has no chance");
            }
            if (longestPause.compareTo(after) < 0) {
                throw new IllegalArgumentException(
                        "`longest-pause` is " + longestPause + "; expected no less than `after`, " + after);
            }
        }

        @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
        static Repair defaults() {
            return new Repair(null, null);
        }

        RepairPlan.Settings settings() {
            return new RepairPlan.Settings(after.toMillis(), SILENT.toMillis(), longestPause.toMillis());
        }
    }

    /** What a streams process needs at least; the rest are defaults. */
    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    public static ProcessorsConfig of(
            String site, String bootstrapServers, int port, URI registryUrl, Path stateDirectory) {
        return new ProcessorsConfig(
                site,
                null,
                null,
                port,
                null,
                new Kafka(bootstrapServers, null, null, null),
                registryUrl,
                stateDirectory,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** The same under another name and with a state directory of its own: a second process of the site. */
    public ProcessorsConfig withNode(String newNode, Path newStateDirectory) {
        return new ProcessorsConfig(
                site,
                newNode,
                host,
                port,
                advertisedHost,
                kafka,
                registryUrl,
                newStateDirectory,
                storeMemory,
                threads,
                allowedClockSkew,
                intake,
                repair,
                tenants);
    }

    /** The same, listening on another address and told to others as yet another. */
    public ProcessorsConfig withHost(String newHost, String newAdvertisedHost) {
        return new ProcessorsConfig(
                site,
                node,
                newHost,
                port,
                newAdvertisedHost,
                kafka,
                registryUrl,
                stateDirectory,
                storeMemory,
                threads,
                allowedClockSkew,
                intake,
                repair,
                tenants);
    }

    /** The same with another patience for what differs from a peer's index. */
    public ProcessorsConfig withRepair(Repair newRepair) {
        return new ProcessorsConfig(
                site,
                node,
                host,
                port,
                advertisedHost,
                kafka,
                registryUrl,
                stateDirectory,
                storeMemory,
                threads,
                allowedClockSkew,
                intake,
                newRepair,
                tenants);
    }
}
