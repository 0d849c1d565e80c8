package io.tftpdc.runtime;

import java.util.HashMap;
import java.util.Map;

/** From what a configuration says of Kafka to what Kafka's clients take. */
public final class KafkaClientSettings {
    private KafkaClientSettings() {}

    /**
     * What every client of a process shares. Holds the secrets in the clear: not for logs.
     *
     * @param bootstrapServers wins over a {@code bootstrap.servers} among the properties
     * @return a new map, the caller's to change
     */
    public static Map<String, Object> of(String bootstrapServers, Map<String, Secret> properties) {
        Map<String, Object> settings = new HashMap<>();
        properties.forEach((name, value) -> settings.put(name, value.reveal()));
        settings.put("bootstrap.servers", bootstrapServers);
        return settings;
    }
}
