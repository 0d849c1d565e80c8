package io.tftpdc.edge.net;

/** Which local ports answers come from (RFC 1350 section 4 calls them transfer identifiers). */
public sealed interface PortPolicy {

    /** Ports that the kernel picks, as RFC 1350 has it. */
    record Ephemeral() implements PortPolicy {}

    /**
     * Ports from a range, for firewalls that let only some through. Each event loop has its share of them, so there must
     * be at least one per loop.
     *
     * @param low the lowest
     * @param high the highest
     */
    record Range(int low, int high) implements PortPolicy {
        public Range {
            if (low < 1 || high > 65_535 || low > high) {
                throw new IllegalArgumentException("transfer ports are " + low + " to " + high
                        + "; expected a range within 1 to 65535, such as 50000 to 50063");
            }
        }

        int size() {
            return high - low + 1;
        }
    }

    /**
     * The port that requests arrive at, for NAT, load balancers and Kubernetes, which know no other. A client endpoint
     * can have one transfer at a time then, and a new request ends the one before.
     */
    record Single() implements PortPolicy {}
}
