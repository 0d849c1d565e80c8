package io.tftpdc.edge.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tftpdc.edge.index.KafkaCluster;
import io.tftpdc.edge.net.PortPolicy;
import io.tftpdc.edge.policy.Admission;
import io.tftpdc.edge.policy.Asked;
import io.tftpdc.edge.policy.FileQuery;
import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.edge.policy.Operation;
import io.tftpdc.edge.policy.Placement;
import io.tftpdc.edge.policy.Refusal;
import io.tftpdc.edge.policy.Refused;
import io.tftpdc.edge.policy.RequestPolicy;
import io.tftpdc.edge.settings.LimitsConfig;
import io.tftpdc.edge.settings.NamesConfig;
import io.tftpdc.edge.settings.Stale;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.RetransmitPolicy;
import io.tftpdc.wire.DerivedSchemaIds;
import io.tftpdc.wire.SchemaIds;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
        assertThat(config.tftp())
                .isEqualTo(new EdgeConfig.Tftp(
                        List.of(),
                        6969,
                        "ephemeral",
                        0,
                        20_000,
                        Optional.empty(),
                        64,
                        new NamesConfig(false, true, true, Optional.empty(), Optional.empty()),
                        List.of(),
                        LimitsConfig.defaults()));
        assertThat(config.tftp().limits().settings()).isEqualTo(LimitSettings.DEFAULT);
        assertThat(config.tftp().limits().exempt()).containsExactly("127.0.0.0/8", "::1");
        assertThat(config.http()).isEqualTo(new EdgeConfig.Http(Optional.empty(), 8069, 10_000));
        assertThat(config.tenants()).isEmpty();
        assertThat(config.placement()).isEmpty();
        assertThat(config.content().quota().toGibibytes()).isEqualTo(10);
        assertThat(config.content().fetchers()).isEqualTo(3);
        assertThat(config.content().fetchTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.content().readAhead()).isEqualTo(4);
        assertThat(config.journal()).isEqualTo(new EdgeConfig.Journal(65_536, 1_000_000L));
        assertThat(config.reportInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.advertisedHost()).isEmpty();
        assertThat(config.maxStaleness()).isEmpty();
        assertThat(config.stale()).isEqualTo(Stale.SERVE);
        assertThat(config.kafka().fallbacks()).isEmpty();
        assertThat(config.kafka().failoverAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.kafka().failbackAfter()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void fallbacksAreClustersOfOtherSites() {
        String fallback = "kafka: {bootstrap-servers: \"own:9092\", fallbacks: [%s]}\n";
        String start = LEAST.replaceAll("(?m)^kafka:.*\\n", "");

        EdgeConfig config = parse(start
                + fallback.formatted("{site: c, bootstrap-servers: \"c:9092\", properties: {client.id: x}},"
                        + " {site: d, bootstrap-servers: \"d:9092\", registry-url: \"http://d:8081\"}"));

        SchemaIds ids = new DerivedSchemaIds();
        assertThat(config.kafka().fallbacks().getFirst().cluster(ids))
                .isEqualTo(new KafkaCluster(
                        Optional.of(new SiteName("c")), Map.of("bootstrap.servers", "c:9092", "client.id", "x"), ids));
        assertThat(config.kafka().fallbacks().getLast().registryUrl()).contains(URI.create("http://d:8081"));
        assertThatThrownBy(
                        () -> parse(start + fallback.formatted("{site: " + config.site() + ", bootstrap-servers: x}")))
                .hasMessageContaining("which is this site");
        assertThatThrownBy(() -> parse(
                        start + fallback.formatted("{site: c, bootstrap-servers: x}, {site: c, bootstrap-servers: y}")))
                .hasMessageContaining("which is there twice");
    }

    @Test
    void refusingWhenStaleNeedsAnAge() {
        assertThatThrownBy(() -> parse(LEAST + "stale: refuse\n")).hasMessageContaining("such as max-staleness: 1h");
        assertThat(parse(LEAST + "stale: refuse\nmax-staleness: 1h\n").stale()).isEqualTo(Stale.REFUSE);
    }

    @Test
    void transferPortsAreAnyTheOneThatWasCalledOrARange() {
        assertThat(PortPolicy.parse("ephemeral")).isEqualTo(new PortPolicy.Ephemeral());
        assertThat(PortPolicy.parse("single")).isEqualTo(new PortPolicy.Single());
        assertThat(PortPolicy.parse("50000-50063")).isEqualTo(new PortPolicy.Range(50_000, 50_063));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PortPolicy.parse("50000"))
                .withMessage("`transfer-ports` is 50000; expected ephemeral, single, or a range such as 50000-50063");
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
        Placement placement = config.policy().placement();
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
                "tftp: {profiles: [{max-block-size: 7}]}            | line 3: `tftp.profiles[0]` `max-block-size` is 7; expected 8 to 65464",
                "tftp: {profiles: [{max-window-size: 0}]}           | `max-window-size` is 0; expected 1 to 65535 (RFC 7440)",
                "tftp: {profiles: [{clients: [x]}]}                 | address range is 'x'; expected for example 10.1.0.0/16",
                "tftp: {profiles: [{first-timeout: 1ms}]}           | `first-timeout` is PT0.001S; expected 10ms to 255s",
                "tftp: {profiles: [{retries: 256}]}                 | `retries` is 256; expected 0 to 255",
                "tftp: {profiles: [{rollover: 2}]}                  | `rollover` is 2; expected 0 or 1",
                "tftp: {profiles: [{without-options: [blocks]}]}    | `without-options` has 'blocks'; expected any of blksize, tsize",
                "tftp: {limits: {errors: 0}}                        | line 3: `tftp.limits` `errors` is 0; expected 1 or more",
                "tftp: {limits: {exempt: [x]}}                      | address range is 'x'; expected for example",
                "tftp: {limits: {burst: 2h}}                        | `burst` is PT2H; expected 0s to 1h, such as 5s",
                "tftp: {limits: {remembered: 4096}}                 | `limits.remembered` is 4096, too few clients for `max-transfers` 20000; expected 21251 or more",
                "tftp: {max-transfers: 100000}                      | `limits.remembered` is 65536, too few clients for `max-transfers` 100000; expected 106251 or more",
                "tftp: {limits: {ipv4-network: 4}}                  | `ipv4-network` is 4; expected 8 to 32",
                "tftp: {names: {rules: 'q x'}}                      | line 3: `tftp.names` `rules` line 1: operation 'q' has the letter 'q'",
                "tenants: [{tenant: lab, clients: [], names: {rules: 'r ('}}] | `tenants[0].names` `rules` line 1: the expression '(' is wrong",
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
                "advertised-host: [edge.example]                    | expected a numeric one",
                "advertised-host: [192.0.2.1, 192.0.2.2]            | expected at most one IPv4 and one IPv6 address",
                "report-interval: 1ms                               | `report-interval` is PT0.001S; expected at least 100ms",
            })
    void wrongValuesAreNamedWithTheirFix(String line, String message) {
        ConfigException problem = catchThrowableOfType(ConfigException.class, () -> parse(LEAST + line + "\n"));

        assertThat(problem).isNotNull().hasMessageContaining("edge.yaml").hasMessageContaining(message);
    }

    @Test
    void namesProfilesAndBlockSizesBecomeAPolicy(@TempDir Path directory) throws Exception {
        Path map = Files.writeString(directory.resolve("map"), "ri ^[a-z]:\nr ^/tftpboot/\n");
        EdgeConfig config = parse(LEAST + """
                tenants:
                  - {tenant: lab, clients: [10.1.0.0/16], names: {ignore-case: true, map-file: MAP, rules: "r ^ lab/"}}
                tftp:
                  max-block-size: 1400
                  names:
                    leading-slashes: false
                    rules: |
                      # comment
                      a  ^secret
                  profiles:
                    - name: phones
                      clients: [10.9.0.0/16]
                      paths: ["phones/**"]
                      offers: [BLKSIZE]
                      max-block-size: 512
                      max-window-size: 1
                      first-timeout: 3s
                      longest-timeout: 30s
                      retries: 2
                      rollover: 1
                      without-options: [TSIZE]
                """.replace("MAP", map.toString()));
        RequestPolicy policy = config.policy().requests();

        Admission lab = (Admission) policy.decide(asked("10.1.2.3", "C:\\tftpboot\\x"));
        assertThat(lab.query()).isEqualTo(new FileQuery(new Tenant("lab"), List.of(new FilePath("lab/x")), true));
        assertThat(lab.negotiation().maxBlockSize()).isEqualTo(1400);
        assertThat(policy.decide(asked("10.2.2.3", "secret"))).isEqualTo(new Refused(Refusal.RULE));
        assertThat(policy.decide(asked("10.2.2.3", "/x"))).isEqualTo(new Refused(Refusal.LEADING_SLASH));
        Admission phone = (Admission) policy.decide(asked("10.9.2.3", "phones/a/b", "blksize", "tsize"));
        assertThat(phone.options()).extracting(TftpOption::name).containsExactly("blksize");
        assertThat(phone.negotiation())
                .isEqualTo(new NegotiationPolicy(
                        512,
                        1,
                        new RetransmitPolicy(Duration.ofSeconds(3), Duration.ofSeconds(30), 2),
                        BlockRollover.TO_ONE,
                        true));
    }

    private static Asked asked(String client, String name, String... options) throws Exception {
        return new Asked(
                InetAddress.getByName(client),
                InetAddress.getByName("0.0.0.0"),
                Operation.READ,
                name,
                Arrays.stream(options)
                        .map(option -> new TftpOption(option, "8192"))
                        .toList());
    }

    @Test
    void withoutALimitTheNetworkSaysHowLargeABlockIs() throws Exception {
        RequestPolicy policy = parse(LEAST).policy().requests();
        Admission far = (Admission) policy.decide(asked("198.51.100.7", "x"));
        assertThat(far.negotiation().maxBlockSize()).isEqualTo(1468);
        Admission near = (Admission) policy.decide(asked("127.0.0.1", "x"));
        assertThat(near.negotiation().maxBlockSize()).isGreaterThan(9000);
    }

    @Test
    void aMapFileThatCannotBeUsedIsNamed(@TempDir Path directory) throws Exception {
        String config = LEAST + "tftp: {names: {map-file: " + directory.resolve("map") + "}}\n";
        assertThatThrownBy(() -> parse(config).policy().requests())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`tftp.names.map-file` is " + directory.resolve("map"))
                .hasMessageContaining("does not exist; create it or give another path");
        Files.write(directory.resolve("map"), new byte[] {'r', ' ', (byte) 0xFC});
        assertThatThrownBy(() -> parse(config).policy().requests()).hasMessageContaining("is not UTF-8");
        Files.writeString(directory.resolve("map"), "\nr (\n");
        assertThatThrownBy(() -> parse(config).policy().requests())
                .hasMessageContaining("`tftp.names.map-file` " + directory.resolve("map") + " line 2: the expression");
    }

    @Test
    void aTenantsNamesAreGivenOnce() {
        EdgeConfig config = parse(LEAST + """
                tenants:
                  - {tenant: lab, clients: [10.1.0.0/16], names: {ignore-case: true}}
                  - {tenant: lab, clients: [10.2.0.0/16]}
                  - {tenant: lab, clients: [10.3.0.0/16], names: {ignore-case: true}}
                """);
        assertThatThrownBy(config::policy)
                .hasMessageContaining("`tenants[2].names`: the tenant lab has names already; give them once");
    }

    @Test
    void siteAndKafkaHaveNoDefault() {
        assertThatThrownBy(() -> parse("kafka: {bootstrap-servers: x}\n")).hasMessageContaining("`site` is missing");
        assertThatThrownBy(() -> parse("site: a\n")).hasMessageContaining("`kafka.bootstrap-servers` is missing");
        assertThatThrownBy(() -> parse(LEAST.replace("site: a", "site: A.b")))
                .hasMessageContaining("site name is 'A.b'");
    }
}
