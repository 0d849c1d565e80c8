package io.tftpdc.edge.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.config.EdgePolicy;
import io.tftpdc.edge.policy.Admission;
import io.tftpdc.edge.policy.Asked;
import io.tftpdc.edge.policy.Decision;
import io.tftpdc.edge.policy.Operation;
import io.tftpdc.edge.policy.Placement;
import io.tftpdc.edge.settings.Stale;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.ConfigFile;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyKeeperTest {
    private static final EdgeConfig FILE = ConfigFile.parse(EdgeConfig.class, "edge.yaml", """
            site: dc1
            node: edge-1
            kafka: {bootstrap-servers: "nowhere:9092"}
            tftp:
              max-block-size: 1000
              max-window-size: 32
              names: {rules: "r ^file/ of-the-file/"}
              limits: {transfers-per-client: 7, transfers-per-subnet: 77}
            tenants:
              - {tenant: lab, clients: [10.1.0.0/16], names: {ignore-case: true}}
              - {tenant: acme, clients: [10.2.0.0/16]}
            placement: [{path: "lazy/**", mode: on-demand}]
            uploads: {rules: [{path: "file/**"}]}
            max-staleness: 1h
            """, name -> null);
    private static final long NOW = 1_800_000_000_000L;

    @TempDir
    private Path directory;

    private long now = NOW;
    private long counter;
    private PolicyKeeper keeper;

    @BeforeEach
    void open() {
        keeper = reopened();
    }

    private PolicyKeeper reopened() {
        return PolicyKeeper.open(FILE, directory.resolve("settings.jsonl"), () -> now);
    }

    @Test
    void withoutSettingsTheFileCounts() throws UnknownHostException {
        assertThat(blockSize("10.9.0.1")).isEqualTo(1000);
        assertThat(path("10.9.0.1", "file/x")).isEqualTo("of-the-file/x");
        assertThat(keeper.policy().limits().transfersPerClient()).isEqualTo(7);
        assertThat(keeper.policy().stale()).isEqualTo(Stale.SERVE);
        assertThat(keeper.policy()).isEqualTo(keeper.policy());
        assertThat(keeper.digest()).isEqualTo("-");
        assertThat(keeper.problem()).isEmpty();
    }

    @Test
    void theMoreSpecificScopeCounts() throws UnknownHostException {
        set("all", "max-block-size", "1100");
        assertThat(blockSize("10.9.0.1")).isEqualTo(1100);
        set("site/dc1", "max-block-size", "1200");
        set("site/dc2", "max-block-size", "1201");
        assertThat(blockSize("10.9.0.1")).isEqualTo(1200);
        set("node/dc1/edge-1", "max-block-size", "1300");
        set("node/dc1/edge-2", "max-block-size", "1301");
        assertThat(blockSize("10.9.0.1")).isEqualTo(1300);
        set("tenant/lab", "max-block-size", "1400");

        assertThat(blockSize("10.1.0.1")).isEqualTo(1400);
        assertThat(blockSize("10.2.0.1")).isEqualTo(1300);

        unset("node/dc1/edge-1", "max-block-size");
        unset("site/dc1", "max-block-size");
        assertThat(blockSize("10.2.0.1")).isEqualTo(1100);
        unset("all", "max-block-size");
        assertThat(blockSize("10.2.0.1")).isEqualTo(1000);
        assertThat(blockSize("10.1.0.1")).isEqualTo(1400);
    }

    @Test
    void namesAreSetOneByOneAboveTheTenantsAndTheFilesOwn() throws UnknownHostException {
        set("all", "names.rules", "\"r ^all/ of-all/\"");
        set("tenant/acme", "names.ignore-case", "true");
        set("tenant/lab", "names.rules", "\"r ^lab/ of-lab/\"");

        assertThat(path("10.9.0.1", "all/x")).isEqualTo("of-all/x");
        assertThat(path("10.9.0.1", "file/x")).isEqualTo("file/x");
        assertThat(admitted("10.9.0.1", "x").query().ignoreCase()).isFalse();
        assertThat(path("10.2.0.1", "all/x")).isEqualTo("of-all/x");
        assertThat(admitted("10.2.0.1", "x").query().ignoreCase()).isTrue();
        assertThat(path("10.1.0.1", "lab/x")).isEqualTo("of-lab/x");
        assertThat(path("10.1.0.1", "all/x")).isEqualTo("all/x");
        assertThat(admitted("10.1.0.1", "x").query().ignoreCase()).isTrue();
    }

    @Test
    void limitsAreSetOneByOne() {
        set("all", "limits.transfers-per-client", "9");
        set("all", "limits.transfers-per-tenant", "500");
        set("tenant/lab", "limits.transfers-per-tenant", "50");

        assertThat(keeper.policy().limits().transfersPerClient()).isEqualTo(9);
        assertThat(keeper.policy().limits().transfersPerSubnet()).isEqualTo(77);
        assertThat(keeper.policy().limits().transfersPerTenant()).isEqualTo(500);
        assertThat(keeper.policy().limits().transfersOfTenants()).isEqualTo(Map.of(new Tenant("lab"), 50));
    }

    @Test
    void aTenantsRulesComeFirstAndOthersReplaceTheFiles() throws UnknownHostException {
        set("tenant/lab", "uploads.rules", "[{\"path\":\"lab/**\"}]");
        set("tenant/lab", "placement", "[{\"path\":\"lazy/now/**\",\"mode\":\"eager\"}]");
        set("tenant/lab", "profiles", "[{\"max-block-size\":600}]");
        InetAddress client = InetAddress.getByName("10.1.0.1");

        assertThat(keeper.policy().uploads().decide(FileKey.of("lab", "lab/x"), client))
                .hasValue(0);
        assertThat(keeper.policy().uploads().decide(FileKey.of("acme", "lab/x"), client))
                .isEmpty();
        assertThat(keeper.policy().uploads().decide(FileKey.of("acme", "file/x"), client))
                .hasValue(1);
        assertThat(modeOf("lab", "lazy/now/x")).isEqualTo(Placement.Mode.EAGER);
        assertThat(modeOf("acme", "lazy/now/x")).isEqualTo(Placement.Mode.ON_DEMAND);
        assertThat(blockSize("10.1.0.1")).isEqualTo(600);
        assertThat(blockSize("10.2.0.1")).isEqualTo(1000);

        set("site/dc1", "uploads.rules", "[{\"path\":\"site/**\"}]");
        set("all", "placement", "[]");

        assertThat(keeper.policy().uploads().decide(FileKey.of("acme", "file/x"), client))
                .isEmpty();
        assertThat(keeper.policy().uploads().decide(FileKey.of("acme", "site/x"), client))
                .hasValue(1);
        assertThat(modeOf("acme", "lazy/now/x")).isEqualTo(Placement.Mode.EAGER);
    }

    @Test
    void refusingWhenStaleIsSetAndUnset() {
        set("all", "stale", "\"refuse\"");
        assertThat(keeper.policy().refusesAfter()).contains(Duration.ofHours(1));
        set("site/dc1", "max-staleness", "\"5m\"");
        assertThat(keeper.policy().refusesAfter()).contains(Duration.ofMinutes(5));
        set("node/dc1/edge-1", "stale", "\"serve\"");
        assertThat(keeper.policy().refusesAfter()).isEmpty();
    }

    @Test
    void whatWasInForceIsSoAgainAfterARestart() throws Exception {
        set("all", "max-block-size", "1100");
        set("tenant/lab", "names.rules", "\"r ^a b\\u00e4\"");
        unset("all", "max-window-size");
        String digest = keeper.digest();

        PolicyKeeper again = reopened();

        assertThat(again.digest()).isEqualTo(digest);
        keeper = again;
        assertThat(blockSize("10.9.0.1")).isEqualTo(1100);
        Path file = directory.resolve("settings.jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(0, "{damaged");
        Files.write(file, lines);
        assertThat(reopened().count()).isEqualTo(1);
    }

    @Test
    void whatIsNoGoodChangesNothingAndIsSaid() throws UnknownHostException {
        set("all", "max-block-size", "1100");
        String before = keeper.digest();

        Optional<String> wrong = keeper.take(change("all", "max-block-size", Optional.of("4"), now));
        keeper.settle();

        assertThat(wrong).hasValueSatisfying(why -> assertThat(why).contains("`max-block-size` is 4; expected 8"));
        assertThat(blockSize("10.9.0.1")).isEqualTo(1100);
        assertThat(keeper.digest()).isEqualTo(before);
    }

    @Test
    void aChangeFromTheFutureWaitsUntilItsTimeHasCome() throws UnknownHostException {
        SettingChanged future = change("all", "max-block-size", Optional.of("1100"), now + 600_000);

        assertThat(keeper.take(future))
                .hasValueSatisfying(why -> assertThat(why).contains("600000 ms in the future"));
        keeper.settle();
        assertThat(blockSize("10.9.0.1")).isEqualTo(1000);
        set("all", "max-block-size", "1200");
        assertThat(blockSize("10.9.0.1")).isEqualTo(1200);

        now += 300_000;
        keeper.settle();

        assertThat(blockSize("10.9.0.1")).isEqualTo(1100);
    }

    @Test
    void whatCannotBeKeptOnDiskIsInForceAllTheSameAndSaid() throws Exception {
        List<Integer> used = new ArrayList<>();
        keeper.whenChanged(policy -> used.add(policy.limits().transfersPerClient()));
        Path inTheWay = Files.createDirectory(directory.resolve("settings.jsonl.new"));

        set("all", "limits.transfers-per-client", "9");

        assertThat(used).containsExactly(9);
        assertThat(keeper.policy().limits().transfersPerClient()).isEqualTo(9);
        assertThat(keeper.problem()).contains("settings cannot be kept in");

        Files.delete(inTheWay);
        keeper.settle();

        assertThat(keeper.problem()).isEmpty();
        assertThat(reopened().policy().limits().transfersPerClient()).isEqualTo(9);
    }

    @Test
    void whenSomebodyCannotWorkByItAllGoOnWithTheOneBefore() {
        List<Integer> used = new ArrayList<>();
        boolean[] broken = {true};
        keeper.whenChanged(policy -> used.add(policy.limits().transfersPerClient()));
        keeper.whenChanged(policy -> {
            if (broken[0] && policy.limits().transfersPerClient() == 9) {
                throw new IllegalStateException("the disk is full");
            }
        });

        set("all", "limits.transfers-per-client", "9");

        assertThat(used).containsExactly(9, 7);
        assertThat(keeper.policy().limits().transfersPerClient()).isEqualTo(7);
        assertThat(keeper.digest()).isEqualTo("-");
        assertThat(keeper.problem()).isEqualTo("the disk is full");

        broken[0] = false;
        keeper.settle();

        assertThat(keeper.policy().limits().transfersPerClient()).isEqualTo(9);
        assertThat(keeper.problem()).isEmpty();
    }

    @Test
    void nodesThatReadTheSameInAnyOrderSayTheSame() {
        List<SettingChanged> changes = List.of(
                change("all", "max-block-size", Optional.of("1100"), now),
                change("all", "max-block-size", Optional.of("1200"), now),
                change("tenant/lab", "names.ignore-case", Optional.empty(), now));
        PolicyKeeper other = PolicyKeeper.open(FILE, directory.resolve("other.jsonl"), () -> now);

        changes.forEach(keeper::take);
        changes.reversed().forEach(other::take);
        keeper.settle();
        other.settle();

        assertThat(keeper.digest()).isEqualTo(other.digest()).isNotEqualTo("-");
    }

    private void set(String scope, String name, String value) {
        assertThat(keeper.take(change(scope, name, Optional.of(value), now))).isEmpty();
        keeper.settle();
    }

    private void unset(String scope, String name) {
        assertThat(keeper.take(change(scope, name, Optional.empty(), now))).isEmpty();
        keeper.settle();
    }

    private SettingChanged change(String scope, String name, Optional<String> value, long wallMillis) {
        counter++;
        return new SettingChanged(
                new EventEnvelope(
                        new EventId(new UUID(0, counter)),
                        new SiteName("dc1"),
                        HybridTime.of(wallMillis, (int) counter),
                        "test"),
                ConfigScope.parse(scope),
                name,
                value);
    }

    private Placement.Mode modeOf(String tenant, String path) {
        EdgePolicy policy = keeper.policy();
        return policy.placement().modeOf(FileKey.of(tenant, path), Map.of());
    }

    private int blockSize(String client) throws UnknownHostException {
        return admitted(client, "x").negotiation().maxBlockSize();
    }

    private String path(String client, String name) throws UnknownHostException {
        return admitted(client, name).query().paths().getFirst().value();
    }

    private Admission admitted(String client, String name) throws UnknownHostException {
        Decision decision = keeper.policy()
                .requests()
                .decide(new Asked(
                        InetAddress.getByName(client),
                        InetAddress.getLoopbackAddress(),
                        Operation.READ,
                        name,
                        List.of()));
        return (Admission) decision;
    }
}
