package io.tftpdc.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.ClockSkew;
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
        List<String> tenants) {

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
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("`port` is " + port + "; expected 0 to 65535");
        }
        if (allowedClockSkew.isNegative()) {
            throw new IllegalArgumentException(
                    "`allowed-clock-skew` is " + allowedClockSkew + "; expected 0s or more, such as 5m");
        }
        if (site != null) {
            // Checks only; the name of a site is text in the file.
            new SiteName(site);
        }
        tenants.forEach(Tenant::new);
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
                tenants);
    }
}
