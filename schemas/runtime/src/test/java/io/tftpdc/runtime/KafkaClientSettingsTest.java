package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaClientSettingsTest {
    @Test
    void secretsAreRevealedAndTheServersAddedToAMapOfTheCallersOwn() {
        Map<String, Secret> properties =
                Map.of("sasl.jaas.config", Secret.of("hidden"), "bootstrap.servers", Secret.of("elsewhere:1"));

        Map<String, Object> settings = KafkaClientSettings.of("kafka:9092", properties);
        settings.put("client.id", "mine");

        assertThat(settings)
                .isEqualTo(
                        Map.of("sasl.jaas.config", "hidden", "bootstrap.servers", "kafka:9092", "client.id", "mine"));
    }
}
