package io.tftpdc.edge.settings;

import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.ConfigState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What is set for one node, the most specific first: the node, its site, all. What is set for a tenant counts more than
 * any of these where its clients and files are concerned, and all of it more than the node's file.
 */
public final class Layers {
    private final ConfigState state;
    private final List<ConfigScope> scopes;

    /** @param state of settings each of which {@link Settings#problem} has nothing against */
    public Layers(ConfigState state, SiteName site, String node) {
        this.state = state;
        this.scopes = List.of(new ConfigScope.OfNode(site, node), new ConfigScope.OfSite(site), new ConfigScope.All());
    }

    /** Tenants for which something is set. */
    public Set<Tenant> tenants() {
        Set<Tenant> tenants = new TreeSet<>();
        for (SettingChanged change : state.winners()) {
            if (change.value().isPresent() && change.scope() instanceof ConfigScope.OfTenant of) {
                tenants.add(of.tenant());
            }
        }
        return tenants;
    }

    private Optional<Object> value(String name) {
        return scopes.stream().flatMap(scope -> value(scope, name).stream()).findFirst();
    }

    private Optional<Object> value(ConfigScope scope, String name) {
        return state.value(scope, name).map(json -> Settings.named(name).read(scope, json));
    }

    private <T> Optional<T> value(Class<T> type, String name) {
        return value(name).map(type::cast);
    }

    private <T> Optional<T> value(Class<T> type, Tenant tenant, String name) {
        return value(new ConfigScope.OfTenant(tenant), name).map(type::cast);
    }

    /** What clients may call a file, above what the file says. */
    public NamesConfig names(NamesConfig file) {
        return names(file, this::value);
    }

    /** The same for a tenant's clients. */
    public NamesConfig names(Tenant tenant, NamesConfig file) {
        ConfigScope scope = new ConfigScope.OfTenant(tenant);
        return names(names(file), name -> value(scope, name));
    }

    private static NamesConfig names(NamesConfig file, Function<String, Optional<Object>> value) {
        NamesConfig names =
                Overlay.of(file, component -> value.apply(Settings.NAMES + "." + Settings.kebab(component)));
        // Rules that are set take the place of all that the file has, those of the map file included.
        return value.apply(Settings.NAMES + ".rules").isPresent() ? names.withoutMapFile() : names;
    }

    public LimitsConfig limits(LimitsConfig file) {
        return Overlay.of(file, component -> value(Settings.LIMITS + "." + Settings.kebab(component)));
    }

    /** Transfers that a tenant may have at the same time, where that is set for it. */
    public Optional<Integer> transfersOf(Tenant tenant) {
        return value(Integer.class, tenant, Settings.TRANSFERS_PER_TENANT);
    }

    public Optional<Integer> maxBlockSize() {
        return value(Integer.class, Settings.MAX_BLOCK_SIZE);
    }

    public Optional<Integer> maxBlockSize(Tenant tenant) {
        return value(Integer.class, tenant, Settings.MAX_BLOCK_SIZE);
    }

    public Optional<Integer> maxWindowSize() {
        return value(Integer.class, Settings.MAX_WINDOW_SIZE);
    }

    public Optional<Integer> maxWindowSize(Tenant tenant) {
        return value(Integer.class, tenant, Settings.MAX_WINDOW_SIZE);
    }

    public List<ProfileConfig> profiles(List<ProfileConfig> file) {
        return rules(Settings.PROFILES, ProfileConfig.class, file);
    }

    /** Those that come first for a tenant's clients. */
    public List<ProfileConfig> profiles(Tenant tenant) {
        return rules(tenant, Settings.PROFILES, ProfileConfig.class);
    }

    /** Tenants' own rules, then the others. */
    public List<UploadRule> uploads(List<UploadRule> file) {
        return withTenants(Settings.UPLOADS, UploadRule.class, file);
    }

    /** Tenants' own rules, then the others. */
    public List<PlacementRule> placement(List<PlacementRule> file) {
        return withTenants(Settings.PLACEMENT, PlacementRule.class, file);
    }

    public Optional<Duration> maxStaleness() {
        return value(Duration.class, Settings.MAX_STALENESS);
    }

    public Optional<Stale> stale() {
        return value(Stale.class, Settings.STALE);
    }

    private <R> List<R> withTenants(String name, Class<R> type, List<R> file) {
        List<R> rules = new ArrayList<>();
        tenants().forEach(tenant -> rules.addAll(rules(tenant, name, type)));
        rules.addAll(rules(name, type, file));
        return rules;
    }

    private <R> List<R> rules(String name, Class<R> type, List<R> file) {
        return value(name).map(list -> cast(list, type)).orElse(file);
    }

    private <R> List<R> rules(Tenant tenant, String name, Class<R> type) {
        return value(new ConfigScope.OfTenant(tenant), name)
                .map(list -> cast(list, type))
                .orElse(List.of());
    }

    private static <R> List<R> cast(Object list, Class<R> type) {
        return ((List<?>) list).stream().map(type::cast).toList();
    }
}
