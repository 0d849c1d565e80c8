package io.tftpdc.edge.policy;

import io.tftpdc.event.Tenant;
import java.net.InetAddress;
import java.util.List;

/** Whose client an address is. The first rule that holds the address decides; without one it is the default tenant's. */
public record TenantMap(List<Rule> rules) {
    public static final TenantMap EVERYBODY_DEFAULT = new TenantMap(List.of());

    public TenantMap {
        rules = List.copyOf(rules);
    }

    /** The addresses of a tenant's clients. */
    public record Rule(Tenant tenant, List<Cidr> clients) {
        public Rule {
            clients = List.copyOf(clients);
        }
    }

    public Tenant tenantOf(InetAddress client) {
        for (Rule rule : rules) {
            for (Cidr range : rule.clients()) {
                if (range.contains(client)) {
                    return rule.tenant();
                }
            }
        }
        return Tenant.DEFAULT;
    }
}
