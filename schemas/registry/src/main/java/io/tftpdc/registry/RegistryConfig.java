package io.tftpdc.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tftpdc.runtime.Defaults;
import io.tftpdc.runtime.KafkaClientSettings;
import io.tftpdc.runtime.Secret;
import java.time.Duration;
import java.util.Map;

/**
 * The configuration of a registry process.
 *
 * @param site name of the datacenter, a tag of every meter
 * @param node name of this process in its site, a tag of every meter
 * @param host address to listen on; the default is reachable from this machine only, {@code 0.0.0.0} is everywhere
 * @param port port to listen on, 0 for a free one
 * @param kafka where schemas are kept
 * @param compatibility the level until somebody sets another one through the API
 */
public record RegistryConfig(
        String site, String node, String host, Integer port, Kafka kafka, CompatibilityLevel compatibility) {

    public RegistryConfig {
        site = Defaults.or(site, "local");
        node = Defaults.or(node, "registry-1");
        host = Defaults.or(host, "127.0.0.1");
        port = Defaults.or(port, 8081);
        compatibility = Defaults.or(compatibility, CompatibilityLevel.BACKWARD);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("`port` is " + port + "; expected 0 to 65535");
        }
    }

    /**
     * The topic and how to reach it.
     *
     * @param bootstrapServers one or more {@code host:port}, separated by commas
     * @param topic its name
     * @param replicas how many copies when we create it; fewer if there are fewer brokers
     * @param startTimeout how long to wait at start for Kafka to answer and the topic to be read
     * @param writeTimeout how long a request to change something may wait for Kafka
     * @param properties further client settings as Kafka spells them, for TLS and authentication
     */
    public record Kafka(
            @JsonProperty(required = true) String bootstrapServers,
            String topic,
            Integer replicas,
            Duration startTimeout,
            Duration writeTimeout,
            Map<String, Secret> properties) {

        public Kafka {
            topic = Defaults.or(topic, "_schemas");
            replicas = Defaults.or(replicas, 3);
            startTimeout = Defaults.or(startTimeout, Duration.ofSeconds(60));
            writeTimeout = Defaults.or(writeTimeout, Duration.ofSeconds(15));
            properties = Map.copyOf(Defaults.or(properties, Map.of()));
            if (replicas < 1) {
                throw new IllegalArgumentException("`replicas` is " + replicas + "; expected at least 1");
            }
            if (writeTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("`write-timeout` is " + writeTimeout + "; expected at least 1s");
            }
        }

        /** The settings that every Kafka client of the registry shares. */
        Map<String, Object> clientSettings() {
            return KafkaClientSettings.of(bootstrapServers, properties);
        }
    }

    /** What a registry needs at least; the rest are defaults. */
    public static RegistryConfig of(String bootstrapServers, String host, int port) {
        return new RegistryConfig(
                "local",
                "registry-1",
                host,
                port,
                new Kafka(bootstrapServers, "_schemas", 3, Duration.ofSeconds(60), Duration.ofSeconds(15), Map.of()),
                CompatibilityLevel.BACKWARD);
    }
}
