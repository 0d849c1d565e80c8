package io.tftpdc.edge.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.config.EdgePolicy;
import io.tftpdc.edge.settings.Stale;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.ConfigState;
import io.tftpdc.runtime.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that are good one by one and not together, at a node whose file says nothing of them. */
class SettingsTogetherTest {
    private static final String STALE = "stale";
    private static final String MAX_STALENESS = "max-staleness";
    private static final String TRANSFERS = "limits.transfers-per-client";
    private static final String REFUSE = "\"refuse\"";
    private static final long NOW = 1_800_000_000_000L;

    @TempDir
    private Path directory;

    private final List<Integer> used = new ArrayList<>();
    private EdgeConfig file;
    private PolicyKeeper keeper;
    private int counter;

    @BeforeEach
    void open() throws IOException {
        Path map = Files.writeString(directory.resolve("map"), "r ^a b");
        file = ConfigFile.parse(EdgeConfig.class, "edge.yaml", """
                site: dc1
                node: edge-1
                kafka: {bootstrap-servers: "nowhere:9092"}
                tftp: {names: {map-file: %s}}
                """.formatted(map), name -> null);
        keeper = reopened("settings.jsonl");
        keeper.whenChanged(policy -> used.add(policy.limits().transfersPerClient()));
    }

    private PolicyKeeper reopened(String snapshot) {
        return PolicyKeeper.open(file, directory.resolve(snapshot), () -> NOW);
    }

    @Test
    void whatDoesNotFitIsLeftOutAndSaidAndWhatComesLaterIsApplied() {
        set(STALE, REFUSE);
        set(TRANSFERS, "9");

        assertThat(keeper.policy().limits().transfersPerClient()).isEqualTo(9);
        assertThat(keeper.policy().refusesAfter()).isEmpty();
        assertThat(keeper.problem())
                .isEqualTo("`stale` for all is left out: `stale` is refuse without `max-staleness`; say how old the"
                        + " index may be, such as max-staleness: 1h");
        assertThat(keeper.leftOut()).singleElement().satisfies(one -> {
            assertThat(one.change().name()).isEqualTo(STALE);
            assertThat(one.reason()).contains("max-staleness");
        });
        assertThat(keeper.count()).isEqualTo(1);
    }

    @Test
    void nothingIsTriedAgainBeforeSomethingHasChanged() {
        set(STALE, REFUSE);
        set(TRANSFERS, "9");
        assertThat(used).containsExactly(9);
        HeldSettings before = keeper.held();

        for (int i = 0; i < 100; i++) {
            keeper.settle();
        }

        assertThat(used).containsExactly(9);
        assertThat(keeper.held()).as("nothing was weighed anew").isSameAs(before);
    }

    @Test
    void whatIsLeftOutCountsOnceItFits() {
        set(STALE, REFUSE);
        set(MAX_STALENESS, "\"5m\"");

        assertThat(keeper.policy().refusesAfter()).contains(Duration.ofMinutes(5));
        assertThat(keeper.problem()).isEmpty();
        assertThat(keeper.leftOut()).isEmpty();
    }

    @Test
    void ofTwoThatDoNotFitTheEarlierStaysAlsoOverARestart() {
        set(MAX_STALENESS, "\"5m\"");
        set(STALE, REFUSE);
        set(MAX_STALENESS, null);
        set(TRANSFERS, "9");

        assertThat(keeper.policy().refusesAfter()).contains(Duration.ofMinutes(5));
        assertThat(keeper.problem()).startsWith("`max-staleness` for all, unset, is left out");
        PolicyKeeper again = reopened("settings.jsonl");
        assertThat(again.policy().refusesAfter()).contains(Duration.ofMinutes(5));
        assertThat(again.policy().limits().transfersPerClient()).isEqualTo(9);
        assertThat(again.problem()).isEqualTo(keeper.problem());
        assertThat(again.digest()).isEqualTo(keeper.digest());

        set(STALE, null);

        assertThat(keeper.policy().maxStaleness()).isEmpty();
        assertThat(keeper.problem()).isEmpty();
    }

    /** Of the changes in force alone, unsetting the age would fit, and refusing after it would not. */
    @Test
    void whatIsLeftOutStaysLeftOutOverARestartAlsoWhenTheOtherSettingWasMadeAgain() {
        set(MAX_STALENESS, "\"5m\"");
        set(STALE, REFUSE);
        set(MAX_STALENESS, null);
        set(STALE, REFUSE);

        PolicyKeeper again = reopened("settings.jsonl");

        assertThat(again.policy().refusesAfter()).contains(Duration.ofMinutes(5));
        assertThat(again.digest()).isEqualTo(keeper.digest());
        assertThat(again.leftOut()).isEqualTo(keeper.leftOut());
    }

    @Test
    void aStartWithoutKafkaComesToTheSame() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            PolicyKeeper one = reopened("round-" + round);
            for (SettingChanged change : anyChanges(random)) {
                one.take(change);
                one.settle();
            }

            PolicyKeeper again = reopened("round-" + round);

            assertThat(again.digest()).as("seed %d", seed).isEqualTo(one.digest());
            assertThat(again.leftOut()).as("seed %d", seed).isEqualTo(one.leftOut());
        }
    }

    @Test
    void aSettingThatIsChangedAgainIsNoLongerLeftOut() {
        set(STALE, REFUSE);
        set(STALE, "\"serve\"");
        set(MAX_STALENESS, "\"5m\"");

        assertThat(keeper.problem()).isEmpty();
        assertThat(keeper.policy().refusesAfter()).isEmpty();
        assertThat(keeper.policy().maxStaleness()).contains(Duration.ofMinutes(5));
    }

    @Test
    void nodesThatLearnOfChangesInAnyOrderAndInAnyPortionsAgree() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5; round++) {
            List<SettingChanged> changes = anyChanges(random);
            HeldSettings expected = HeldSettings.of(ConfigState.of(changes), settings -> EdgePolicy.of(file, settings));
            for (int node = 0; node < 3; node++) {
                PolicyKeeper one = reopened("round-" + round + "-node-" + node);
                Collections.shuffle(changes, random);
                for (SettingChanged change : changes) {
                    assertThat(one.take(change)).isEmpty();
                    if (random.nextInt(4) == 0) {
                        one.settle();
                    }
                }
                one.settle();
                assertThat(one.digest()).as("seed %d", seed).isEqualTo(expected.digest());
                assertThat(one.leftOut()).as("seed %d", seed).isEqualTo(expected.leftOut());
            }
        }
    }

    @Test
    void whatIsLeftOutDoesNotFitAndWhatIsHeldDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int leftOut = 0;
        for (int round = 0; round < 300; round++) {
            HeldSettings held =
                    HeldSettings.of(ConfigState.of(anyChanges(random)), settings -> EdgePolicy.of(file, settings));

            assertThat(held.policy().stale() == Stale.REFUSE)
                    .as("seed %d", seed)
                    .isEqualTo(held.policy().refusesAfter().isPresent());
            for (HeldSettings.LeftOut one : held.leftOut()) {
                leftOut++;
                assertThatThrownBy(() -> EdgePolicy.of(file, held.state().with(one.change())))
                        .as("seed %d", seed)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(leftOut).as("or the rounds say nothing, seed %d", seed).isPositive();
    }

    private List<SettingChanged> anyChanges(Random random) {
        List<SettingChanged> changes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            changes.add(anyChange(random));
        }
        return changes;
    }

    private SettingChanged anyChange(Random random) {
        String scope = random.nextBoolean() ? "all" : "site/dc1";
        Optional<String> nothing = Optional.empty();
        return switch (random.nextInt(5)) {
            case 0, 1 -> change(scope, STALE, random.nextInt(4) == 0 ? nothing : Optional.of(REFUSE));
            case 2 -> change(scope, MAX_STALENESS, Optional.of("\"" + (1 + random.nextInt(9)) + "m\""));
            case 3 -> change(scope, MAX_STALENESS, nothing);
            default -> change(scope, TRANSFERS, Optional.of("" + (1 + random.nextInt(9))));
        };
    }

    @Test
    void whatCannotBeMadeAPolicyInWhateverWayIsLeftOut() {
        AtomicInteger made = new AtomicInteger();
        ConfigState known = ConfigState.of(List.of(
                change("all", TRANSFERS, Optional.of("9")), change("all", "max-block-size", Optional.of("1000"))));

        HeldSettings held = HeldSettings.of(known, settings -> {
            made.incrementAndGet();
            if (settings.value(new ConfigScope.All(), "max-block-size").isPresent()) {
                throw new IllegalStateException("a bug");
            }
            return EdgePolicy.of(file, settings);
        });

        assertThat(held.policy().limits().transfersPerClient()).isEqualTo(9);
        assertThat(held.problem()).contains("`max-block-size` for all is left out", "a bug");
        assertThat(made).hasValue(4);
    }

    @Test
    void aMapFileThatGoesLaterStandsInNobodysWay() throws IOException {
        set("names.rules", "\"r ^c d\"");
        Files.delete(directory.resolve("map"));

        set(TRANSFERS, "9");
        set("names.rules", null);

        assertThat(keeper.problem()).isEmpty();
        assertThat(keeper.policy().limits().transfersPerClient()).isEqualTo(9);
    }

    @Test
    void whatCannotBeUsedForAnotherReasonIsTriedAgainEverMoreSeldom() {
        boolean[] broken = {true};
        AtomicInteger attempts = new AtomicInteger();
        keeper.whenChanged(policy -> {
            if (policy.limits().transfersPerClient() == 9) {
                attempts.incrementAndGet();
                if (broken[0]) {
                    throw new IllegalStateException("the disk is full");
                }
            }
        });
        set(TRANSFERS, "9");
        keeper.settle();
        assertThat(attempts).hasValue(2);

        for (int i = 0; i < 1000; i++) {
            keeper.settle();
        }
        assertThat(attempts.get()).isBetween(15, 25);

        broken[0] = false;
        set(STALE, "\"serve\"");
        assertThat(keeper.problem()).as("a change is tried at once").isEmpty();
        assertThat(keeper.policy().limits().transfersPerClient()).isEqualTo(9);
    }

    /** Each attempt reads all settings, so one for each change would hold up a node with many tenants for minutes. */
    @Test
    void whatGoesTogetherWithAnythingIsNotWeighedOneByOne() {
        List<SettingChanged> changes = new ArrayList<>();
        changes.add(change("all", STALE, Optional.of(REFUSE)));
        for (int i = 0; i < 100; i++) {
            changes.add(change("tenant/t" + i % 20, "max-block-size", Optional.of("" + (1000 + i))));
        }
        AtomicInteger made = new AtomicInteger();

        HeldSettings held = HeldSettings.of(ConfigState.of(changes), settings -> {
            made.incrementAndGet();
            return EdgePolicy.of(file, settings);
        });

        assertThat(held.state().winners()).hasSize(20);
        assertThat(held.leftOut()).singleElement().satisfies(one -> assertThat(one.change())
                .isEqualTo(changes.get(0)));
        assertThat(made).as("all, all but the pair, with refuse").hasValue(3);
    }

    /** @param value null unsets */
    private void set(String name, @Nullable String value) {
        assertThat(keeper.take(change("all", name, Optional.ofNullable(value)))).isEmpty();
        keeper.settle();
    }

    private SettingChanged change(String scope, String name, Optional<String> value) {
        counter++;
        return new SettingChanged(
                new EventEnvelope(
                        new EventId(new UUID(0, counter)), new SiteName("dc1"), HybridTime.of(NOW, counter), "test"),
                ConfigScope.parse(scope),
                name,
                value);
    }
}
