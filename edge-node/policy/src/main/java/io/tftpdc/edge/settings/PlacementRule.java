package io.tftpdc.edge.settings;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tftpdc.edge.policy.Glob;
import io.tftpdc.edge.policy.Placement;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.Defaults;
import java.util.List;
import java.util.Optional;

/**
 * Fits a file when all that it names fits.
 *
 * @param tenant whose file it is
 * @param path a pattern such as {@code boot/**}
 * @param label such as {@code model=x200}
 * @param sites whose nodes heed the rule, so that all sites can share one list of rules; without any, all
 * @param mode {@code eager}: as soon as it is published; {@code on-demand}: when somebody asks for it
 */
public record PlacementRule(
        Optional<String> tenant,
        Optional<String> path,
        Optional<String> label,
        List<String> sites,
        @JsonProperty(required = true) Placement.Mode mode)
        implements OfTenant<PlacementRule> {
    public PlacementRule {
        tenant = Defaults.or(tenant, Optional.empty());
        path = Defaults.or(path, Optional.empty());
        label = Defaults.or(label, Optional.empty());
        sites = List.copyOf(Defaults.or(sites, List.of()));
        sites.forEach(SiteName::new);
        tenant.ifPresent(Tenant::new);
        path.ifPresent(Glob::new);
        label.ifPresent(Placement.Label::parse);
    }

    @Override
    public PlacementRule of(Tenant owner) {
        return new PlacementRule(Optional.of(owner.value()), path, label, sites, mode);
    }

    public Placement.Rule rule() {
        return new Placement.Rule(
                tenant.map(Tenant::new),
                path.map(pattern -> new Glob(pattern).compiled()),
                label.map(Placement.Label::parse),
                sites.stream().map(SiteName::new).toList(),
                mode);
    }
}
