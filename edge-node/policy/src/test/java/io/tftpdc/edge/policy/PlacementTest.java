package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.edge.policy.Placement.Label;
import io.tftpdc.edge.policy.Placement.Mode;
import io.tftpdc.edge.policy.Placement.Rule;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementTest {
    private static final SiteName HERE = new SiteName("dc1");
    private static final FileKey FILE = FileKey.of("lab", "boot/x.efi");

    @Test
    void withoutRulesEverythingComesAheadOfTime() {
        assertThat(new Placement(HERE, List.of()).modeOf(FILE, Map.of())).isEqualTo(Mode.EAGER);
    }

    @Test
    void firstRuleThatFitsDecides() {
        Placement placement = new Placement(
                HERE,
                List.of(
                        rule(Optional.of("lab"), Optional.of("boot/**"), Optional.of("model=x200"), Mode.EAGER),
                        rule(Optional.of("lab"), Optional.of("boot/**"), Optional.empty(), Mode.ON_DEMAND),
                        rule(Optional.empty(), Optional.empty(), Optional.empty(), Mode.EAGER)));

        assertThat(placement.modeOf(FILE, Map.of("model", "x200"))).isEqualTo(Mode.EAGER);
        assertThat(placement.modeOf(FILE, Map.of("model", "x300"))).isEqualTo(Mode.ON_DEMAND);
        assertThat(placement.modeOf(FILE, Map.of())).isEqualTo(Mode.ON_DEMAND);
        assertThat(placement.modeOf(FileKey.of("other", "boot/x.efi"), Map.of()))
                .isEqualTo(Mode.EAGER);
        assertThat(placement.modeOf(FileKey.of("lab", "images/x"), Map.of())).isEqualTo(Mode.EAGER);
    }

    private static Rule rule(Optional<String> tenant, Optional<String> path, Optional<String> label, Mode mode) {
        return new Rule(
                tenant.map(Tenant::new),
                path.map(pattern -> new Glob(pattern).compiled()),
                label.map(Label::parse),
                List.of(),
                mode);
    }

    @Test
    void aRuleForSitesIsHeededThereOnly() {
        Rule there = new Rule(
                Optional.empty(), Optional.empty(), Optional.empty(), List.of(new SiteName("dc2")), Mode.ON_DEMAND);

        assertThat(new Placement(HERE, List.of(there)).modeOf(FILE, Map.of())).isEqualTo(Mode.EAGER);
        assertThat(new Placement(new SiteName("dc2"), List.of(there)).modeOf(FILE, Map.of()))
                .isEqualTo(Mode.ON_DEMAND);
    }

    @Test
    void anotherSitesVariantNeverComesAheadOfTimeAndOnesOwnAsTheRulesSayOfItsPath() {
        Rule lazy = rule(Optional.of("lab"), Optional.of("lazy/**"), Optional.empty(), Mode.ON_DEMAND);
        Placement placement = new Placement(HERE, List.of(lazy));

        assertThat(placement.modeOf(FileKey.of("lab", "@site/dc1/boot/x"), Map.of()))
                .isEqualTo(Mode.EAGER);
        assertThat(placement.modeOf(FileKey.of("lab", "@site/dc1/lazy/x"), Map.of()))
                .isEqualTo(Mode.ON_DEMAND);
        assertThat(placement.modeOf(FileKey.of("lab", "@site/dc2/boot/x"), Map.of()))
                .isEqualTo(Mode.ON_DEMAND);
    }

    @ParameterizedTest
    @CsvSource({
        "boot/**, boot/a/b, true",
        "boot/**, boot, false",
        "boot/*, boot/a, true",
        "boot/*, boot/a/b, false",
        "**/*.efi, boot/x.efi, true",
        "**/*.efi, x.efi, false",
        "**.efi, x.efi, true",
        "*.efi, boot/x.efi, false",
        "a?c, abc, true",
        "a?c, a/c, false",
        "a.c, abc, false",
        "a+(b)[c], a+(b)[c], true",
        "**, anything/at/all, true",
    })
    void patternsMatchSegmentsAsShellsDo(String pattern, String path, boolean matches) {
        assertThat(new Glob(pattern).matches(path)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.3, true",
        "10.1.0.0/16, 10.2.0.3, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.1.2.128/25, 10.1.2.127, false",
        "10.1.2.128/25, 10.1.2.200, true",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "::/0, 2001:db8::1, true",
        "10.0.0.0/8, ::ffff:10.1.1.1, true",
    })
    void rangesHoldTheirAddressesOfBothFamilies(String range, String address, boolean holds) throws Exception {
        assertThat(Cidr.parse(range).contains(InetAddress.getByName(address))).isEqualTo(holds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "example.org", "10.0.0/24/3", "2001:db8::/129"})
    void rangeThatIsNoneSaysWhatWasExpected(String text) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected for example 10.1.0.0/16");
    }

    @Test
    void clientBelongsToTheFirstTenantWhoseRangeHoldsIt() throws Exception {
        TenantMap tenants = new TenantMap(List.of(
                new TenantMap.Rule(new Tenant("small"), List.of(Cidr.parse("10.1.2.0/24"))),
                new TenantMap.Rule(new Tenant("large"), List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")))));

        assertThat(tenants.tenantOf(InetAddress.getByName("10.1.2.9"))).isEqualTo(new Tenant("small"));
        assertThat(tenants.tenantOf(InetAddress.getByName("10.9.2.9"))).isEqualTo(new Tenant("large"));
        assertThat(tenants.tenantOf(InetAddress.getByName("fd12::1"))).isEqualTo(new Tenant("large"));
        assertThat(tenants.tenantOf(InetAddress.getByName("192.0.2.1"))).isEqualTo(Tenant.DEFAULT);
    }

    @Test
    void labelWithoutAValueSignSaysWhatWasExpected() {
        assertThatThrownBy(() -> Label.parse("model")).hasMessageContaining("expected key=value");
    }
}
