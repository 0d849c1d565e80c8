package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigStateTest {
    private static final ConfigScope ALL = new ConfigScope.All();
    private static final ConfigScope LAB = new ConfigScope.OfTenant(new Tenant("lab"));

    @Test
    void theGreaterStampCountsWhateverTheOrder() {
        SettingChanged early = change(1, "dc1", ALL, "stale", Optional.of("\"serve\""));
        SettingChanged late = change(2, "dc2", ALL, "stale", Optional.of("\"refuse\""));

        ConfigState state = ConfigState.of(List.of(late, early));

        assertThat(state.value(ALL, "stale")).contains("\"refuse\"");
        assertThat(state.history(ConfigState.Key.of(early))).containsExactly(late, early);
        assertThat(state).isEqualTo(ConfigState.of(List.of(early, late, early)));
    }

    @Test
    void whatIsUnsetIsNoLongerSetButKnown() {
        SettingChanged set = change(1, "dc1", LAB, "names.ignore-case", Optional.of("true"));
        SettingChanged unset = change(2, "dc1", LAB, "names.ignore-case", Optional.empty());

        ConfigState state = ConfigState.of(List.of(unset, set));

        assertThat(state.value(LAB, "names.ignore-case")).isEmpty();
        assertThat(state.latest(ConfigState.Key.of(set))).contains(unset);
        assertThat(state.digest()).isNotEqualTo(ConfigState.of(List.of(set)).digest());
        assertThat(ConfigState.EMPTY.digest()).isEqualTo("-");
    }

    @Test
    void settingsAndScopesDoNotTouchOneAnother() {
        ConfigState state = ConfigState.of(List.of(
                change(1, "dc1", ALL, "stale", Optional.of("1")),
                change(9, "dc2", LAB, "stale", Optional.of("2")),
                change(5, "dc2", ALL, "names.rules", Optional.of("3"))));

        assertThat(state.value(ALL, "stale")).contains("1");
        assertThat(state.value(LAB, "stale")).contains("2");
        assertThat(state.value(ALL, "names.rules")).contains("3");
        assertThat(state.latestStamp().orElseThrow().time()).isEqualTo(HybridTime.of(9, 0));
    }

    @Test
    void everyOrderAndRepetitionGivesOneStateAndOneDigest() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<SettingChanged> changes = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                changes.add(change(
                        random.nextInt(25), // ties and more than are kept
                        "dc" + random.nextInt(3),
                        random.nextBoolean() ? ALL : LAB,
                        random.nextBoolean() ? "a" : "b",
                        random.nextInt(4) == 0 ? Optional.empty() : Optional.of("" + random.nextInt(100))));
            }
            ConfigState inOrder = ConfigState.of(changes);
            List<SettingChanged> twice = new ArrayList<>(changes);
            twice.addAll(changes.subList(0, 30));
            Collections.shuffle(twice, random);

            ConfigState shuffled = ConfigState.of(twice);

            assertThat(shuffled).as("seed %d", seed).isEqualTo(inOrder);
            assertThat(shuffled.digest()).as("seed %d", seed).isEqualTo(inOrder.digest());
            assertThat(shuffled.all().values()).as("seed %d", seed).allSatisfy(history -> assertThat(history)
                    .hasSizeLessThanOrEqualTo(16));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "site/dc1", "node/dc1/edge-1.lab:7", "tenant/lab"})
    void scopesAreReadAsTheyAreWritten(String text) {
        assertThat(ConfigScope.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ALL",
                "all/",
                "site",
                "site/",
                "site/DC1",
                "node/dc1",
                "node/dc1/",
                "node/dc1/a/b",
                "node/dc1/a b",
                "tenant/lab/x",
                "tenant/*"
            })
    void otherScopesAreRefusedByName(String text) {
        assertThatThrownBy(() -> ConfigScope.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scope is '" + text + "'");
    }

    private static SettingChanged change(long time, String site, ConfigScope scope, String name, Optional<String> to) {
        UUID id = new UUID(time, site.hashCode());
        return new SettingChanged(
                new EventEnvelope(new EventId(id), new SiteName(site), HybridTime.of(time, 0), "test"),
                scope,
                name,
                to);
    }
}
