package io.tftpdc.edge.policy;

import io.tftpdc.edge.content.FileQuery;
import io.tftpdc.edge.content.TenantMap;
import io.tftpdc.edge.policy.NamePolicy.Named;
import io.tftpdc.event.Tenant;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import java.util.List;
import java.util.Map;

/**
 * What a client may have: its address names the tenant, the tenant's {@link NamePolicy} makes paths of the name, and the
 * first {@link ClientProfile} that fits says how to serve it. Immutable; another one can take its place while the server
 * runs. Called on event loops: decides from memory alone.
 */
public final class RequestPolicy {

    /** Every client is the default tenant's; blocks need no fragments, as far as this host can tell. */
    public static final RequestPolicy DEFAULT = new RequestPolicy(
            TenantMap.EVERYBODY_DEFAULT,
            Map.of(),
            NamePolicy.DEFAULT,
            List.of(),
            NegotiationPolicy.DEFAULT,
            new NetworkMtu(LocalLinks::of, System::nanoTime));

    private final TenantMap tenants;
    private final Map<Tenant, NamePolicy> names;
    private final NamePolicy otherNames;
    private final List<ClientProfile> profiles;
    private final NegotiationPolicy everybody;
    private final BlockSizeCap blockSizes;

    /**
     * @param names of tenants that have a policy of their own
     * @param otherNames of all other tenants
     * @param profiles the first that fits decides
     * @param everybody for clients without a profile; its block size does not count
     * @param blockSizes largest block for clients whose profile names none
     */
    public RequestPolicy(
            TenantMap tenants,
            Map<Tenant, NamePolicy> names,
            NamePolicy otherNames,
            List<ClientProfile> profiles,
            NegotiationPolicy everybody,
            BlockSizeCap blockSizes) {
        this.tenants = tenants;
        this.names = Map.copyOf(names);
        this.otherNames = otherNames;
        this.profiles = List.copyOf(profiles);
        this.everybody = everybody;
        this.blockSizes = blockSizes;
    }

    /** Every client is the default tenant's and is served alike. */
    public static RequestPolicy sameForAll(NegotiationPolicy everybody) {
        return new RequestPolicy(
                TenantMap.EVERYBODY_DEFAULT,
                Map.of(),
                NamePolicy.DEFAULT,
                List.of(),
                everybody,
                BlockSizeCap.fixed(everybody.maxBlockSize()));
    }

    public Decision decide(Asked asked) {
        Tenant tenant = tenants.tenantOf(asked.client());
        NamePolicy policy = names.getOrDefault(tenant, otherNames);
        return switch (policy.named(asked.name(), asked.client(), asked.operation())) {
            case Named.No no -> no.refused();
            case Named.Paths named -> {
                String path = named.paths().getFirst().value();
                ClientProfile.Terms terms = termsOf(asked, path);
                yield new Admission(
                        new FileQuery(tenant, named.paths(), policy.ignoreCase()),
                        named.otherwise(),
                        terms.left(asked.options()),
                        terms.applyTo(everybody, blockSizes.largestFor(asked.client(), asked.called())));
            }
        };
    }

    private ClientProfile.Terms termsOf(Asked asked, String path) {
        for (ClientProfile profile : profiles) {
            if (profile.who().fits(asked.client(), path, asked.options())) {
                return profile.terms();
            }
        }
        return ClientProfile.Terms.AS_FOR_EVERYBODY;
    }
}
