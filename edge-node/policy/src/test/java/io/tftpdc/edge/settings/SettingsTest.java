package io.tftpdc.edge.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "all | names.ignore-case | true",
                "tenant/lab | names.rules | \"r ^a/ b/\"",
                "site/dc1 | max-block-size | 1468",
                "node/dc1/edge-1 | max-window-size | 16",
                "all | limits.transfers-per-client | 4",
                "tenant/lab | limits.transfers-per-tenant | 100",
                "site/dc1 | limits.burst | \"10s\"",
                "all | limits.exempt | [\"10.0.0.1\"]",
                "all | profiles | [{\"clients\":[\"10.9.0.0/16\"],\"max-block-size\":512,\"first-timeout\":\"3s\"}]",
                "tenant/lab | uploads.rules | [{\"path\":\"backup/**\",\"max-size\":\"64MiB\",\"on-kafka-away\":\"spool\"}]",
                "all | placement | [{\"path\":\"images/**\",\"sites\":[\"dc2\"],\"mode\":\"on-demand\"}]",
                "all | max-staleness | \"1h\"",
                "site/dc1 | stale | \"refuse\"",
            })
    void whatCanBeWrittenInTheFileCanBeSet(String scope, String name, String value) {
        assertThat(problem(scope, name, value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "all | names.ignorecase | true | `names.ignorecase` is not a known setting; did you mean `names.ignore-case`?",
                "all | nonsense-at-all | 1 | expected one of limits.burst",
                "tenant/lab | stale | \"refuse\" | `stale` is set for tenant/lab; expected one of the scopes all, site, node",
                "all | max-block-size | 4 | `max-block-size` is 4; expected 8 to 65464",
                "all | max-block-size | \"512\" | `max-block-size` cannot be read as integer",
                "all | max-block-size | 51.5 | `max-block-size` cannot be read as integer",
                "all | max-block-size | null | `max-block-size` is null; expected a value",
                "all | max-block-size | 512 513 | `max-block-size`",
                "all | names.ignore-case | tru | `names.ignore-case` is no JSON",
                "all | names.rules | \"q ^a b\" | `rules`",
                "all | limits.errors | 0 | `limits.errors`: `errors` is 0; expected 1 or more",
                "all | limits.exempt | [\"10.0.0.0/99\"] | `limits.exempt`: address range is '10.0.0.0/99'",
                "all | limits.exempt | [null] | `limits.exempt`: there is a null in a list",
                "all | profiles | [{\"clients\":[null]}] | `profiles[0]` has a null in a list",
                "all | profiles | [{\"max-blocksize\":512}] | `profiles[0].max-blocksize` is not a known key; did you mean `max-block-size`?",
                "all | profiles | [{},{\"max-block-size\":4}] | `profiles[1]` `max-block-size` is 4; expected 8 to 65464",
                "all | profiles | [null] | `profiles` has a null",
                "all | profiles | {} | `profiles` cannot be read as",
                "all | placement | [{\"path\":\"a\"}] | `placement[0].mode` is missing",
                "tenant/lab | uploads.rules | [{\"tenant\":\"acme\"}] | `uploads.rules[0].tenant` is acme in what is set for tenant lab; leave it out",
                "all | max-staleness | \"soon\" | found `soon`, expected for example 500ms",
                "all | max-staleness | \"10ms\" | expected 1s or more",
                "all | stale | \"perhaps\" | `stale`",
                "all | max-staleness | \"9223372036854775807d\" | `max-staleness`",
                "all | max-staleness | \"PT9223372036854775807S\" | expected 1s or more, such as 1h, up to 36500d",
                "all | limits.burst | \"9223372036854775807d\" | `limits.burst`",
                "all | uploads.rules | [{\"commit-timeout\":\"PT9223372036854775807S\"}] | `uploads.rules",
            })
    void whatIsWrongIsNamedWithWhatWasExpected(String scope, String name, String value, String message) {
        assertThat(problem(scope, name, value))
                .hasValueSatisfying(found -> assertThat(found).contains(message));
    }

    @Test
    void noPatternStopsWhoeverReadsIt() {
        String nested = "\"r " + "(".repeat(100_000) + " x\"";

        assertThat(problem("all", "names.rules", nested))
                .hasValueSatisfying(found -> assertThat(found).contains("names.rules"));
    }

    @Test
    void aNodeMayBeAsStaleAsCanBeWritten() {
        assertThat(problem("all", "max-staleness", "\"36500d\"")).isEmpty();
    }

    @Test
    void aTenantsRulesAreForThatTenantOnly() {
        ConfigScope lab = new ConfigScope.OfTenant(new Tenant("lab"));

        Object rules = Settings.named("uploads.rules").read(lab, "[{\"path\":\"backup/**\"},{\"tenant\":\"lab\"}]");

        assertThat((List<?>) rules)
                .extracting(rule -> ((UploadRule) rule).tenant())
                .containsExactly(Optional.of("lab"), Optional.of("lab"));
    }

    @Test
    void whatTheEnvironmentHoldsIsNotPutIn() {
        Object rules = Settings.named("names.rules").read(new ConfigScope.All(), "\"r ^a/ ${HOME:-x}\"");

        assertThat(rules).isEqualTo("r ^a/ ${HOME:-x}");
    }

    @Test
    void unsettingIsAlwaysPossible() {
        assertThat(Settings.problem(change("tenant/lab", "names.rules", Optional.empty())))
                .isEmpty();
    }

    private static Optional<String> problem(String scope, String name, String value) {
        return Settings.problem(change(scope, name, Optional.of(value)));
    }

    private static SettingChanged change(String scope, String name, Optional<String> value) {
        return new SettingChanged(
                new EventEnvelope(new EventId(new UUID(1, 2)), new SiteName("dc1"), HybridTime.of(7, 0), "test"),
                ConfigScope.parse(scope),
                name,
                value);
    }
}
