package io.tftpdc.edge.settings;

import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.ConfigState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Settings that are good one by one and not together. There is one such pair: {@code stale} needs {@code max-staleness}. */
public final class Combinations {

    private Combinations() {}

    /** Whether this setting may not go together with another; all others go together with anything. */
    public static boolean concern(String name) {
        return name.equals(Settings.STALE) || name.equals(Settings.MAX_STALENESS);
    }

    /**
     * Checks what a node works by, its file included.
     *
     * @throws IllegalArgumentException when it is to refuse what is too old, and nothing says how old that is
     */
    public static void require(Stale stale, Optional<Duration> maxStaleness) {
        if (stale == Stale.REFUSE && maxStaleness.isEmpty()) {
            throw new IllegalArgumentException(
                    "`stale` is refuse without `max-staleness`; say how old the index may be,"
                            + " such as max-staleness: 1h");
        }
    }

    /**
     * What a change would make that does not go together with what is set already, for whoever knows no node's file: what
     * a file may say is not counted on. Of what does not go together before the change, nothing is said.
     *
     * @param change good for itself
     */
    public static Optional<String> problem(ConfigState state, SettingChanged change) {
        ConfigState after = state.with(change);
        for (List<ConfigScope> node : kindsOfNodes(after)) {
            Optional<String> clash = clash(after, node, change);
            if (clash.isPresent() && clash(state, node, change).isEmpty()) {
                return clash;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> clash(ConfigState state, List<ConfigScope> node, SettingChanged change) {
        BiFunction<String, ConfigScope, Optional<Object>> value = (name, scope) ->
                state.value(scope, name).map(json -> Settings.named(name).read(scope, json));
        Optional<ConfigScope> decides = node.stream()
                .filter(scope -> value.apply(Settings.STALE, scope).isPresent())
                .findFirst();
        boolean refuses = decides.flatMap(scope -> value.apply(Settings.STALE, scope))
                .map(Stale.REFUSE::equals)
                .orElse(false);
        if (!refuses
                || node.stream().anyMatch(scope -> value.apply(Settings.MAX_STALENESS, scope)
                        .isPresent())) {
            return Optional.empty();
        }
        String whose = node.stream().map(ConfigScope::toString).collect(Collectors.joining(" or for "));
        return Optional.of(
                change.name().equals(Settings.STALE)
                        ? "`stale` refuse needs `max-staleness`, which is not set for " + whose
                                + "; set that first, such as \"1h\""
                        : "`" + change.name() + "` is needed by `stale`, which is refuse for "
                                + decides.map(ConfigScope::toString).orElse("") + "; unset that first, or set it to"
                                + " serve");
    }

    /** The scopes that count for a node, the most specific first: of any node, of each site's and of each single one. */
    private static Set<List<ConfigScope>> kindsOfNodes(ConfigState state) {
        ConfigScope all = new ConfigScope.All();
        Set<List<ConfigScope>> kinds = new LinkedHashSet<>();
        kinds.add(List.of(all));
        List<ConfigScope> scopes = new ArrayList<>();
        state.winners().forEach(change -> scopes.add(change.scope()));
        for (ConfigScope scope : scopes) {
            switch (scope) {
                case ConfigScope.All everybody -> {}
                case ConfigScope.OfTenant tenant -> {}
                case ConfigScope.OfSite site -> kinds.add(List.of(site, all));
                case ConfigScope.OfNode node -> kinds.add(List.of(node, ofSite(node.site()), all));
            }
        }
        return kinds;
    }

    private static ConfigScope ofSite(SiteName site) {
        return new ConfigScope.OfSite(site);
    }
}
