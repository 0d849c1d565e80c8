package io.tftpdc.edge.config;

import io.tftpdc.edge.policy.BlockSizeCap;
import io.tftpdc.edge.policy.ClientProfile;
import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.edge.policy.Placement;
import io.tftpdc.edge.policy.RequestPolicy;
import io.tftpdc.edge.policy.RequestPolicy.Treatment;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.settings.Combinations;
import io.tftpdc.edge.settings.Layers;
import io.tftpdc.edge.settings.MapFiles;
import io.tftpdc.edge.settings.PlacementRule;
import io.tftpdc.edge.settings.ProfileConfig;
import io.tftpdc.edge.settings.Stale;
import io.tftpdc.edge.settings.UploadRule;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.ConfigState;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a node works by that may change while it runs: its file, and above it what operators have set.
 *
 * @param requests what clients may have over TFTP
 * @param limits how much of it
 * @param uploads what they may write
 * @param placement what comes ahead of time
 * @param maxStaleness the age of the index from which the node is not ready
 * @param stale what it does then
 */
public record EdgePolicy(
        RequestPolicy requests,
        LimitSettings limits,
        UploadPolicy uploads,
        Placement placement,
        Optional<Duration> maxStaleness,
        Stale stale) {

    /** How old the index may be for clients to be served; empty when that does not matter. */
    public Optional<Duration> refusesAfter() {
        return stale == Stale.REFUSE ? maxStaleness : Optional.empty();
    }

    /**
     * Reads the map files that the file names.
     *
     * @param state of settings that are known to be good, each for itself
     * @throws IllegalArgumentException when a map file cannot be used, or what is set does not go together
     */
    public static EdgePolicy of(EdgeConfig file, ConfigState state) {
        return of(file, state, new MapFiles());
    }

    /**
     * The same.
     *
     * @param files map files that were read before
     */
    public static EdgePolicy of(EdgeConfig file, ConfigState state, MapFiles files) {
        Layers set = new Layers(state, new SiteName(file.site()), file.node());
        Map<Tenant, Integer> transfers = new HashMap<>();
        set.tenants().forEach(tenant -> set.transfersOf(tenant).ifPresent(most -> transfers.put(tenant, most)));
        Optional<Duration> maxStaleness = set.maxStaleness().or(file::maxStaleness);
        Stale stale = set.stale().orElse(file.stale());
        Combinations.require(stale, maxStaleness);
        return new EdgePolicy(
                requests(file, set, files),
                set.limits(file.tftp().limits()).settings(transfers),
                new UploadPolicy(set.uploads(file.uploads().rules()).stream()
                        .map(UploadRule::rule)
                        .toList()),
                new Placement(
                        new SiteName(file.site()),
                        set.placement(file.placement()).stream()
                                .map(PlacementRule::rule)
                                .toList()),
                maxStaleness,
                stale);
    }

    private static RequestPolicy requests(EdgeConfig file, Layers set, MapFiles files) {
        EdgeConfig.Tftp tftp = file.tftp();
        Map<Tenant, EdgeConfig.OwnNames> own = file.ownNames();
        Set<Tenant> special = new TreeSet<>(own.keySet());
        special.addAll(set.tenants());
        BlockSizeCap blockSizes = set.maxBlockSize().map(BlockSizeCap::fixed).orElseGet(tftp::blockSizes);
        int windowSize = set.maxWindowSize().orElse(tftp.maxWindowSize());
        List<ClientProfile> profiles = profiles(set.profiles(tftp.profiles()));
        Map<Tenant, Treatment> treatments = new HashMap<>();
        for (Tenant tenant : special) {
            EdgeConfig.OwnNames names = own.getOrDefault(tenant, new EdgeConfig.OwnNames("tftp.names", tftp.names()));
            treatments.put(
                    tenant,
                    new Treatment(
                            set.names(tenant, names.names()).policy(names.key(), files),
                            Stream.concat(profiles(set.profiles(tenant)).stream(), profiles.stream())
                                    .toList(),
                            negotiation(set.maxWindowSize(tenant).orElse(windowSize)),
                            set.maxBlockSize(tenant).map(BlockSizeCap::fixed).orElse(blockSizes)));
        }
        return new RequestPolicy(
                file.tenantMap(),
                treatments,
                new Treatment(
                        set.names(tftp.names()).policy("tftp.names", files),
                        profiles,
                        negotiation(windowSize),
                        blockSizes));
    }

    private static NegotiationPolicy negotiation(int windowSize) {
        return new NegotiationPolicy(
                NegotiationPolicy.DEFAULT.maxBlockSize(), windowSize, NegotiationPolicy.DEFAULT.retransmit());
    }

    private static List<ClientProfile> profiles(List<ProfileConfig> profiles) {
        return profiles.stream().map(ProfileConfig::profile).toList();
    }
}
