package io.tftpdc.edge.net;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which local ports answers come from (RFC 1350 section 4 calls them transfer identifiers). */
public sealed interface PortPolicy {

    /**
     * {@code ephemeral}, {@code single}, or a range such as {@code 50000-50063}.
     *
     * @throws IllegalArgumentException for anything else, saying what was expected
     */
    static PortPolicy parse(String text) {
        Matcher range = Pattern.compile("(\\d{1,5})-(\\d{1,5})").matcher(text);
        return switch (text) {
            case "ephemeral" -> new Ephemeral();
            case "single" -> new Single();
            default -> {
                if (!range.matches()) {
                    throw new IllegalArgumentException("`transfer-ports` is " + text
                            + "; expected ephemeral, single, or a range such as 50000-50063");
                }
                yield new Range(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)));
            }
        };
    }

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

        /** How many ports there are. */
        public int size() {
            return high - low + 1;
        }
    }

    /**
     * The port that requests arrive at, for NAT, load balancers and Kubernetes, which know no other. A client endpoint
     * can have one transfer at a time then, and a new request ends the one before.
     */
    record Single() implements PortPolicy {}
}
