package io.tftpdc.placement;

import io.tftpdc.event.SiteName;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which site is near which client: by the longest subnet that holds its address, and for clients of no subnet the site
 * that is asked. Other sites follow in the order that the near one prefers; those that it does not name share the last
 * place. Immutable.
 */
public final class SiteMap {
    private final SiteName home;
    private final SubnetTrie<SiteName> subnets = new SubnetTrie<>();
    private final Map<SiteName, List<SiteName>> preferences = new HashMap<>();

    /**
     * @param subnets whose clients are near the site
     * @param prefer the sites to go to when this one has nothing, the best first
     */
    public record Site(SiteName site, List<Subnet> subnets, List<SiteName> prefer) {
        public Site {
            subnets = List.copyOf(subnets);
            prefer = List.copyOf(prefer);
        }
    }

    /**
     * Where a client is.
     *
     * @param site the one nearest
     * @param subnet by which that is known; empty when it is in no subnet
     * @param scope bits of the client's address that this hangs on
     */
    public record Location(SiteName site, Optional<Subnet> subnet, int scope) {}

    /**
     * @param home the site that is asked
     * @throws IllegalArgumentException if a site occurs twice, or a subnet at two sites, or a site prefers itself or
     *     another one twice
     */
    public SiteMap(SiteName home, List<Site> sites) {
        this.home = home;
        for (Site site : sites) {
            if (preferences.put(site.site(), site.prefer()) != null) {
                throw new IllegalArgumentException(
                        "site " + site.site() + " is listed twice; expected one entry a site");
            }
            Set<SiteName> named = new HashSet<>(Set.of(site.site()));
            for (SiteName other : site.prefer()) {
                if (!named.add(other)) {
                    throw new IllegalArgumentException("`prefer` of site " + site.site() + " is " + site.prefer()
                            + "; expected other sites, each once");
                }
            }
            for (Subnet subnet : site.subnets()) {
                Optional<SiteName> before = this.subnets.put(subnet, site.site());
                if (before.isPresent()) {
                    throw new IllegalArgumentException("subnet " + subnet + " is listed for " + before.get()
                            + " and for " + site.site() + "; expected once, or a longer prefix for one of them");
                }
            }
        }
    }

    /** The site that is asked. */
    public SiteName home() {
        return home;
    }

    /** The sites that it was told of, and the one that is asked. */
    public Set<SiteName> sites() {
        Set<SiteName> sites = new HashSet<>(preferences.keySet());
        sites.add(home);
        return sites;
    }

    public Location locate(InetAddress client) {
        SubnetTrie.Found<SiteName> found = subnets.find(client);
        return new Location(
                found.longest().map(SubnetTrie.Match::value).orElse(home),
                found.longest().map(SubnetTrie.Match::subnet),
                found.scope());
    }

    /** How far a site is from a client whose nearest site is {@code near}: 0 for that one itself. */
    int distance(SiteName near, SiteName site) {
        if (site.equals(near)) {
            return 0;
        }
        List<SiteName> preferred = preferences.getOrDefault(near, List.of());
        int place = preferred.indexOf(site);
        return 1 + (place < 0 ? preferred.size() : place);
    }

    /** Whether the near site names the other one as a place to go to. */
    boolean prefers(SiteName near, SiteName other) {
        return preferences.getOrDefault(near, List.of()).contains(other);
    }
}
