package io.tftpdc.event;

/**
 * For whom a setting holds. Written {@code all}, {@code site/dc1}, {@code node/dc1/edge-1} or {@code tenant/lab}: also the
 * key of the records in {@code tftp.config-events}.
 */
public sealed interface ConfigScope extends Comparable<ConfigScope> {

    /** Every node of every site. */
    record All() implements ConfigScope {
        @Override
        public String toString() {
            return "all";
        }
    }

    /** The nodes of a site. */
    record OfSite(SiteName site) implements ConfigScope {
        @Override
        public String toString() {
            return "site/" + site;
        }
    }

    /** One node. */
    record OfNode(SiteName site, String node) implements ConfigScope {
        public OfNode {
            if (node.isEmpty()
                    || node.length() > MAX_NODE_CHARS
                    || !node.chars().allMatch(ConfigScope::isPrinted)) {
                throw new IllegalArgumentException("node is '" + node + "'; expected 1 to " + MAX_NODE_CHARS
                        + " printable ASCII characters without '/', such as edge-1");
            }
        }

        @Override
        public String toString() {
            return "node/" + site + "/" + node;
        }
    }

    /** The clients and files of a tenant, at every node. */
    record OfTenant(Tenant tenant) implements ConfigScope {
        @Override
        public String toString() {
            return "tenant/" + tenant;
        }
    }

    /** The longest name of a node in a scope. */
    int MAX_NODE_CHARS = 128;

    private static boolean isPrinted(int c) {
        return c > ' ' && c < 0x7F && c != '/';
    }

    /** @throws IllegalArgumentException saying what was found and expected */
    static ConfigScope parse(String text) {
        String[] parts = text.split("/", -1);
        try {
            if (text.equals("all")) {
                return new All();
            } else if (parts.length == 2 && parts[0].equals("site")) {
                return new OfSite(new SiteName(parts[1]));
            } else if (parts.length == 3 && parts[0].equals("node")) {
                return new OfNode(new SiteName(parts[1]), parts[2]);
            } else if (parts.length == 2 && parts[0].equals("tenant")) {
                return new OfTenant(new Tenant(parts[1]));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("scope is '" + text + "': " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                "scope is '" + text + "'; expected all, site/SITE, node/SITE/NODE or tenant/TENANT");
    }

    @Override
    default int compareTo(ConfigScope other) {
        return toString().compareTo(other.toString());
    }
}
