package io.tftpdc.edge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.ConfigState;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CombinationsTest {
    private static final String REFUSE = "\"refuse\"";

    private ConfigState state = ConfigState.EMPTY;
    private int counter;

    @Test
    void refusingNeedsAnAgeInTheSameScopeOrALessSpecificOne() {
        assertThat(problem("site/dc1", "stale", REFUSE))
                .contains("`stale` refuse needs `max-staleness`, which is not set for site/dc1 or for all; set that"
                        + " first, such as \"1h\"");
        set("site/dc2", "max-staleness", "\"1h\"");
        assertThat(problem("site/dc1", "stale", REFUSE)).isPresent();
        assertThat(problem("all", "stale", REFUSE)).isPresent();
        assertThat(problem("site/dc2", "stale", REFUSE)).isEmpty();
        assertThat(problem("node/dc2/edge-1", "stale", REFUSE)).isEmpty();
        assertThat(problem("node/dc1/edge-1", "stale", REFUSE))
                .hasValueSatisfying(why -> assertThat(why).contains("node/dc1/edge-1 or for site/dc1 or for all"));
        set("all", "max-staleness", "\"1h\"");
        assertThat(problem("all", "stale", REFUSE)).isEmpty();
    }

    @Test
    void theAgeStaysWhileSomebodyNeedsIt() {
        set("all", "max-staleness", "\"1h\"");
        set("site/dc1", "stale", REFUSE);

        assertThat(problem("all", "max-staleness", null))
                .contains("`max-staleness` is needed by `stale`, which is refuse for site/dc1; unset that first, or set"
                        + " it to serve");
        set("site/dc1", "max-staleness", "\"2h\"");
        assertThat(problem("all", "max-staleness", null)).isEmpty();
        assertThat(problem("site/dc1", "max-staleness", null)).isEmpty();
        set("site/dc1", "stale", "\"serve\"");
        set("all", "max-staleness", null);
        assertThat(problem("site/dc1", "max-staleness", null)).isEmpty();
    }

    @Test
    void unsettingWhatHidesARefusalIsOneToo() {
        set("site/dc1", "max-staleness", "\"1h\"");
        set("site/dc2", "stale", "\"serve\"");
        set("all", "stale", REFUSE); // as a program might, or another site at the same time

        assertThat(problem("site/dc2", "stale", null)).isPresent();
    }

    @Test
    void whatDidNotGoTogetherBeforeStandsInNobodysWay() {
        set("all", "stale", REFUSE);

        assertThat(problem("all", "max-block-size", "1000")).isEmpty();
        assertThat(problem("all", "stale", REFUSE)).isEmpty();
        assertThat(problem("all", "max-staleness", null)).isEmpty();
    }

    @Test
    void aNodesFileCountsAtTheNode() {
        assertThatThrownBy(() -> Combinations.require(Stale.REFUSE, Optional.empty()))
                .hasMessageContaining("`stale` is refuse without `max-staleness`");
        assertThatCode(() -> Combinations.require(Stale.REFUSE, Optional.of(Duration.ofHours(1))))
                .doesNotThrowAnyException();
        assertThatCode(() -> Combinations.require(Stale.SERVE, Optional.empty()))
                .doesNotThrowAnyException();
    }

    private Optional<String> problem(String scope, String name, @Nullable String value) {
        return Combinations.problem(state, change(scope, name, value));
    }

    private void set(String scope, String name, @Nullable String value) {
        state = state.with(change(scope, name, value));
    }

    private SettingChanged change(String scope, String name, @Nullable String value) {
        counter++;
        return new SettingChanged(
                new EventEnvelope(
                        new EventId(new UUID(1, counter)), new SiteName("dc1"), HybridTime.of(7, counter), "test"),
                ConfigScope.parse(scope),
                name,
                Optional.ofNullable(value));
    }
}
