package io.tftpdc.edge.policy;

import io.tftpdc.edge.policy.NamePolicy.Named;
import io.tftpdc.event.Tenant;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
    private final Map<Tenant, Treatment> ofTenants;
    private final Treatment others;

    /**
     * How a tenant's clients are treated.
     *
     * @param names what they may call a file
     * @param profiles the first that fits decides
     * @param everybody for clients without a profile; its block size does not count
     * @param blockSizes largest block for clients whose profile names none
     */
    public record Treatment(
            NamePolicy names, List<ClientProfile> profiles, NegotiationPolicy everybody, BlockSizeCap blockSizes) {
        public Treatment {
            profiles = List.copyOf(profiles);
        }
    }

    /**
     * @param ofTenants those that are treated in a way of their own
     * @param others all other tenants
     */
    public RequestPolicy(TenantMap tenants, Map<Tenant, Treatment> ofTenants, Treatment others) {
        this.tenants = tenants;
        this.ofTenants = Map.copyOf(ofTenants);
        this.others = others;
    }

    /**
     * Tenants differ in names alone.
     *
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
        this(
                tenants,
                names.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                own -> new Treatment(own.getValue(), profiles, everybody, blockSizes))),
                new Treatment(otherNames, profiles, everybody, blockSizes));
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
        Treatment treatment = ofTenants.getOrDefault(tenant, others);
        NamePolicy policy = treatment.names();
        return switch (policy.named(asked.name(), asked.client(), asked.operation())) {
            case Named.No no -> no.refused();
            case Named.Paths named -> {
                String path = named.paths().getFirst().value();
                ClientProfile.Terms terms = termsOf(treatment, asked, path);
                yield new Admission(
                        new FileQuery(tenant, named.paths(), policy.ignoreCase()),
                        named.otherwise(),
                        terms.left(asked.options()),
                        terms.applyTo(
                                treatment.everybody(),
                                treatment.blockSizes().largestFor(asked.client(), asked.called())));
            }
        };
    }

    private static ClientProfile.Terms termsOf(Treatment treatment, Asked asked, String path) {
        for (ClientProfile profile : treatment.profiles()) {
            if (profile.who().fits(asked.client(), path, asked.options())) {
                return profile.terms();
            }
        }
        return ClientProfile.Terms.AS_FOR_EVERYBODY;
    }
}
