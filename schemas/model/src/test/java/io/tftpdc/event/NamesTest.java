package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tenants and sites: names that become parts of topic names. */
class NamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "default", "umbrella-9", "a--b"})
    void plainNamesAreTaken(String name) {
        assertThat(new Tenant(name)).hasToString(name);
        assertThat(new SiteName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", "-a", "a-", "A", "a.b", "a/b", "a_b", "a b", "a\n", "\na", "é", "..", "a*", "١", "ａ"})
    void otherCharactersAreRefused(String name) {
        assertThat(Tenant.isValid(name)).isFalse();
        assertThatThrownBy(() -> new Tenant(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 to 63 of a-z, 0-9 and '-'");
        assertThatThrownBy(() -> new SiteName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 to 32 of a-z, 0-9 and '-'");
    }

    @Test
    void tenantsHaveUpTo63AndSitesUpTo32Characters() {
        assertThat(Tenant.isValid("a".repeat(63))).isTrue();
        assertThat(Tenant.isValid("a".repeat(64))).isFalse();
        assertThat(new SiteName("a".repeat(32))).hasToString("a".repeat(32));
        assertThatThrownBy(() -> new SiteName("a".repeat(33))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoNamesNoTenantHasTheDefaultOne() {
        assertThat(Tenant.DEFAULT).isEqualTo(new Tenant("default"));
    }
}
