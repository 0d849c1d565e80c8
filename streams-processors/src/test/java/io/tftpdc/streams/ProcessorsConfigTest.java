package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.intake.IntakeLimits;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;

class ProcessorsConfigTest {

    @Test
    void aFileNeedsOnlySiteAndKafkaAndTheRestHasDefaults() {
        ProcessorsConfig config = parse("site: dc1\nkafka:\n  bootstrap-servers: localhost:9092\n");

        assertThat(config)
                .isEqualTo(ProcessorsConfig.of(
                        "dc1",
                        "localhost:9092",
                        8082,
                        URI.create("http://localhost:8081"),
                        Path.of("data", "streams")));
        assertThat(config.node()).isEqualTo("streams-1");
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.advertisedHost()).isEqualTo("127.0.0.1");
        assertThat(config.threads()).isEqualTo(1);
        assertThat(config.storeMemory().toMebibytes()).isEqualTo(96);
        assertThat(config.allowedClockSkew()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.tenants()).containsExactly("default");
        assertThat(config.intake().limits()).isEqualTo(IntakeLimits.DEFAULT);
        assertThat(config.intake().commitInterval()).isEqualTo(Duration.ofMillis(200));
        assertThat(config.kafka().replicas()).isEqualTo(-1);
        assertThat(config.kafka().startTimeout()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void everythingCanBeSaid() {
        ProcessorsConfig config = parse("""
                site: dc1
                node: streams-2
                host: 0.0.0.0
                port: 18082
                advertised-host: streams-2.example
                registry-url: http://registry:8081
                state-directory: /var/lib/tftpdc/streams
                store-memory: 256MiB
                threads: 4
                allowed-clock-skew: 1m
                tenants: [default, acme]
                intake:
                  max-record-size: 16MiB
                  max-file-size: 1GiB
                  upload-idle: 10m
                  commit-interval: 50ms
                kafka:
                  bootstrap-servers: a:9092,b:9092
                  replicas: 3
                  start-timeout: 5s
                  properties:
                    security.protocol: SASL_SSL
                    sasl.jaas.config: hush
                """);

        assertThat(config.intake().limits()).isEqualTo(new IntakeLimits(16 << 20, 1 << 30, Duration.ofMinutes(10)));
        assertThat(config.kafka().clientSettings())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.jaas.config", "hush");
        assertThat(config.toString()).doesNotContain("hush");
    }

    @Test
    void whatMakesNoSenseIsSaidWithTheFix() {
        assertThatThrownBy(() -> parse("kafka: {bootstrap-servers: x}\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("`site` is missing");
        assertThatThrownBy(() -> parse("site: dc1\nkafka: {bootstrap-servers: x}\nintake: {max-record-size: 65MiB}\n"))
                .hasMessageContaining("expected at most 64MiB");
        assertThatThrownBy(() -> parse("site: dc1\nkafka: {bootstrap-servers: x}\nthread: 2\n"))
                .hasMessageContaining("did you mean `threads`?");
        assertThatThrownBy(() -> parse("site: DC 1\nkafka: {bootstrap-servers: x}\n"))
                .hasMessageContaining("site name is 'DC 1'");
    }

    @Test
    void nobodyIsToldToConnectToEverywhere() {
        String head = "site: dc1\nkafka: {bootstrap-servers: x}\n";
        for (String everywhere : new String[] {"0.0.0.0", "'::'", "'[::]'", "'0:0:0:0:0:0:0:0'"}) {
            assertThat(parse(head + "host: " + everywhere + "\n").advertisedHost())
                    .as(everywhere)
                    .isEqualTo("localhost");
            assertThatThrownBy(() -> parse(head + "advertised-host: " + everywhere + "\n"))
                    .as(everywhere)
                    .hasMessageContaining("where nobody can connect to");
        }
        assertThat(parse(head + "host: '2001:db8::7'\n").advertisedHost()).isEqualTo("2001:db8::7");
        assertThat(parse(head + "host: '::1'\n").advertisedHost()).isEqualTo("::1");
    }

    @Test
    void clientSettingsReachEveryApplication() {
        ProcessorsConfig config =
                parse("site: dc1\nkafka:\n  bootstrap-servers: x:1\n  properties: {security.protocol: SSL}\n");
        try (RocksDbMemory memory = new RocksDbMemory(16 << 20)) {
            StreamsSettings settings = new StreamsSettings(config, new HostInfo("h", 1), memory);

            for (StreamsConfig streams : new StreamsConfig[] {
                new StreamsConfig(settings.publishIntake()),
                new StreamsConfig(settings.fileIndex()),
                new StreamsConfig(settings.contentLocations())
            }) {
                assertThat(streams.getMainConsumerConfigs("g", "c", 0))
                        .containsEntry("security.protocol", "SSL")
                        .containsEntry("isolation.level", "read_committed")
                        .containsEntry("session.timeout.ms", 6000);
                assertThat(streams.getProducerConfigs("p")).containsEntry("security.protocol", "SSL");
            }
        }
    }

    private static ProcessorsConfig parse(String yaml) {
        return ConfigFile.parse(ProcessorsConfig.class, "streams.yaml", yaml, name -> null);
    }
}
