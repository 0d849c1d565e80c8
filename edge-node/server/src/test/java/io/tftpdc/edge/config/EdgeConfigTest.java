package io.tftpdc.edge.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tftpdc.edge.content.Placement;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdgeConfigTest {
    private static final String LEAST = "site: a\nkafka: {bootstrap-servers: \"localhost:9092\"}\n";

    private static EdgeConfig parse(String yaml) {
        return ConfigFile.parse(EdgeConfig.class, "edge.yaml", yaml, name -> null);
    }

    @Test
    void defaultsAreTheDocumentedOnes() {
        EdgeConfig config = parse(LEAST);

        assertThat(config.node()).isEqualTo("edge-1");
        assertThat(config.registryUrl()).isEqualTo(URI.create("http://localhost:8081"));
        assertThat(config.dataDirectory()).isEqualTo(Path.of("data", "edge"));
        assertThat(config.storeMemory().toMebibytes()).isEqualTo(96);
        assertThat(config.tftp()).isEqualTo(new EdgeConfig.Tftp(List.of(), 6969, 0, 20_000, 65464, 64));
        assertThat(config.http()).isEqualTo(new EdgeConfig.Http(Optional.empty(), 8069, 10_000));
        assertThat(config.tenants()).isEmpty();
        assertThat(config.placement()).isEmpty();
        assertThat(config.content().quota().toGibibytes()).isEqualTo(10);
        assertThat(config.content().fetchers()).isEqualTo(3);
        assertThat(config.content().fetchTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.content().readAhead()).isEqualTo(4);
        assertThat(config.journal()).isEqualTo(new EdgeConfig.Journal(65_536, 1_000_000L));
        assertThat(config.reportInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.maxStaleness()).isEmpty();
    }

    @Test
    void inCodeTheDefaultsAreTheSame() {
        assertThat(EdgeConfig.of("a", "localhost:9092", URI.create("http://localhost:8081"), Path.of("data", "edge")))
                .isEqualTo(parse(LEAST));
    }

    @Test
    void listeningElsewhereChangesNothingElse() {
        EdgeConfig config = parse(LEAST).listeningOn(Optional.of("127.0.0.1"), 0, 1);

        assertThat(config.tftp().listen()).containsExactly("127.0.0.1");
        assertThat(config.tftp().port()).isZero();
        assertThat(config.http().port()).isEqualTo(1);
        assertThat(config.listeningOn(Optional.empty(), 6969, 8069)).isEqualTo(parse(LEAST));
    }

    @Test
    void tenantsAndPlacementBecomeRules() throws Exception {
        EdgeConfig config = parse(LEAST + """
                tenants:
                  - {tenant: lab, clients: [10.1.0.0/16, "fd00::/8"]}
                placement:
                  - {tenant: lab, path: "images/**", label: site=b, mode: on-demand}
                  - {mode: eager}
                max-staleness: 10m
                """);

        assertThat(config.tenantMap().tenantOf(InetAddress.getByName("10.1.2.3")))
                .isEqualTo(new Tenant("lab"));
        assertThat(config.tenantMap().tenantOf(InetAddress.getByName("10.2.2.3")))
                .isEqualTo(Tenant.DEFAULT);
        Placement placement = config.placementRules();
        assertThat(placement.modeOf(FileKey.of("lab", "images/x"), Map.of("site", "b")))
                .isEqualTo(Placement.Mode.ON_DEMAND);
        assertThat(placement.modeOf(FileKey.of("lab", "images/x"), Map.of())).isEqualTo(Placement.Mode.EAGER);
        assertThat(config.maxStaleness()).contains(Duration.ofMinutes(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tftpp: {}                                          | line 3: `tftpp` is not a known key; did you mean `tftp`?",
                "tftp: {max-blocksize: 512}                         | did you mean `max-block-size`?",
                "tftp: {port: 70000}                                | `port` is 70000; expected 0 to 65535",
                "tftp: {max-block-size: 70000}                      | expected 8 to 65464 (RFC 2348)",
                "tftp: {listen: [localhost]}                        | address is 'localhost'; expected a numeric one",
                "http: {host: example.org}                          | address is 'example.org'; expected a numeric one",
                "tenants: [{tenant: Lab, clients: []}]              | tenant is 'Lab'; expected 1 to 63 of a-z",
                "tenants: [{tenant: lab, clients: [10.0.0.0/99]}]   | address range is '10.0.0.0/99'; expected for example",
                "placement: [{label: x, mode: eager}]               | label is 'x'; expected key=value",
                "placement: [{path: x}]                             | is missing",
                "content: {quota: 5KiB}                             | `quota` is 5 kibibytes; expected at least 1MiB",
                "content: {fetchers: 0}                             | `fetchers` is 0; expected 1 to 32",
                "store-memory: 1MiB                                 | expected at least 16MiB",
                "journal: {queue: 0}                                | `queue` is 0; expected 1 or more",
                "report-interval: 1ms                               | `report-interval` is PT0.001S; expected at least 100ms",
            })
    void wrongValuesAreNamedWithTheirFix(String line, String message) {
        ConfigException problem = catchThrowableOfType(ConfigException.class, () -> parse(LEAST + line + "\n"));

        assertThat(problem).isNotNull().hasMessageContaining("edge.yaml").hasMessageContaining(message);
    }

    @Test
    void siteAndKafkaHaveNoDefault() {
        assertThatThrownBy(() -> parse("kafka: {bootstrap-servers: x}\n")).hasMessageContaining("`site` is missing");
        assertThatThrownBy(() -> parse("site: a\n")).hasMessageContaining("`kafka.bootstrap-servers` is missing");
        assertThatThrownBy(() -> parse(LEAST.replace("site: a", "site: A.b")))
                .hasMessageContaining("site name is 'A.b'");
    }
}
