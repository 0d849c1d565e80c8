package io.tftpdc.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.util.DataSize;
import io.tftpdc.dns.DnsSettings;
import io.tftpdc.event.SiteName;
import io.tftpdc.placement.Subnet;
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
                        List.of("default"),
                        List.of(),
                        Duration.ofSeconds(4),
                        DnsSettings.defaults(),
                        List.of()));
        assertThat(config.dns().isOn()).isFalse();
        assertThat(config.dns())
                .isEqualTo(new DnsSettings(
                        List.of(),
                        List.of("127.0.0.1"),
                        53,
                        Duration.ofSeconds(5),
                        3,
                        List.of(),
                        "",
                        200,
                        20,
                        Duration.ofSeconds(10)));
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
                sites:
                  - site: dc1
                    subnets: [10.1.0.0/16, "2001:db8:1::/48"]
                    prefer: [dc2]
                  - site: dc2
                    subnets: [10.2.0.0/16]
                silent-after: 10s
                dns:
                  zones: [tftp.example.net]
                  listen: [0.0.0.0]
                  port: 5353
                  ttl: 2s
                  answers: 2
                  name-servers:
                    - name: ns1.example.net
                    - name: ns2.tftp.example.net
                      addresses: [192.0.2.53]
                  contact: net.ops@example.net
                """);

        assertThat(config.maxFileSize()).isEqualTo(DataSize.gibibytes(2));
        assertThat(config.allowedClockSkew()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.tenants()).containsExactly("default", "acme");
        assertThat(config.placement().silentAfterMillis()).isEqualTo(10_000);
        assertThat(config.placement().sites().locate(Subnet.address("10.2.3.4")).site())
                .isEqualTo(new SiteName("dc2"));
        assertThat(config.dns().isOn()).isTrue();
        assertThat(config.dns().nameServers().get(1).addresses()).containsExactly("192.0.2.53");
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

    @Test
    void whatIsWrongWithPlacementIsRefusedWithWhatWasExpected() {
        assertThatThrownBy(() -> placement("sites: [{site: dc1, subnets: [10.1.2.0/16]}]"))
                .hasMessageContaining("write 10.1.0.0/16");
        assertThatThrownBy(() -> placement("sites: [{site: dc1}, {site: dc1}]"))
                .hasMessageContaining("site dc1 is listed twice");
        assertThatThrownBy(() -> placement("silent-after: 1ms")).hasMessageContaining("expected at least 500ms");
        assertThatThrownBy(() -> placement("dns: {zones: [net]}")).hasMessageContaining("no name for a zone");
        assertThatThrownBy(() -> placement("dns: {zones: [a.b], name-servers: [{name: a.b}]}"))
                .hasMessageContaining("which is the zone itself");
        assertThatThrownBy(() -> placement("dns: {zones: [a.b], contact: nobody}"))
                .hasMessageContaining("expected a mailbox");
        assertThatThrownBy(() -> placement("dns: {listen: [localhost]}"))
                .hasMessageContaining("expected an IPv4 or IPv6 address");
    }

    private static AdminConfig placement(String yaml) {
        return parse("site: dc1\nkafka:\n  bootstrap-servers: kafka:9092\n" + yaml + "\n");
    }

    private static AdminConfig parse(String yaml) {
        return ConfigFile.parse(AdminConfig.class, "admin.yaml", yaml, name -> null);
    }
}
