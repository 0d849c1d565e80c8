package io.tftpdc.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.util.DataSize;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdminConfigTest {
    @Test
    void defaultsAreTheDocumentedOnes() {
        AdminConfig config = parse("site: dc1\nkafka:\n  bootstrap-servers: kafka:9092\n");

        assertThat(config)
                .isEqualTo(new AdminConfig(
                        "dc1",
                        "admin-1",
                        "127.0.0.1",
                        8080,
                        new AdminConfig.Kafka("kafka:9092", -1, Map.of()),
                        URI.create("http://localhost:8081"),
                        URI.create("http://localhost:8082"),
                        DataSize.gibibytes(16),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(5),
                        List.of("default")));
    }

    @Test
    void everythingCanBeSet() {
        AdminConfig config = parse("""
                site: dc1
                node: admin-2
                host: 0.0.0.0
                port: 80
                kafka:
                  bootstrap-servers: kafka:9092
                  replicas: 3
                  properties:
                    sasl.jaas.config: secret
                registry-url: http://registry
                streams-url: http://streams:8082
                max-file-size: 2GiB
                index-wait: 500ms
                idle-timeout: 2m
                allowed-clock-skew: 90s
                tenants: [default, acme]
                """);

        assertThat(config.maxFileSize()).isEqualTo(DataSize.gibibytes(2));
        assertThat(config.allowedClockSkew()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.tenants()).containsExactly("default", "acme");
        assertThat(config.kafka().clientSettings())
                .containsEntry("sasl.jaas.config", "secret")
                .containsEntry("bootstrap.servers", "kafka:9092");
        assertThat(config.toString()).doesNotContain("secret");
    }

    @Test
    void aNameThatCannotBeASiteIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> parse("site: DC 1\nkafka:\n  bootstrap-servers: k:1\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("site name is 'DC 1'");
    }

    private static AdminConfig parse(String yaml) {
        return ConfigFile.parse(AdminConfig.class, "admin.yaml", yaml, name -> null);
    }
}
