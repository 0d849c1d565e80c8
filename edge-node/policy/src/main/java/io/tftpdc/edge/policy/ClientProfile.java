package io.tftpdc.edge.policy;

import com.google.re2j.Pattern;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.RetransmitPolicy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a kind of client needs to be served otherwise than others.
 *
 * @param name for messages
 * @param who the clients it is for
 * @param terms what they get
 */
public record ClientProfile(String name, Who who, Terms terms) {

    /**
     * Fits a request when all that it names fits.
     *
     * @param clients ranges of addresses, one of which holds the client's; empty is every address
     * @param paths patterns, one of which the path fits; empty is every path
     * @param offers options, in lower case, all of which the client asks for
     */
    public record Who(List<Cidr> clients, List<Pattern> paths, Set<String> offers) {
        public Who {
            clients = List.copyOf(clients);
            paths = List.copyOf(paths);
            offers = Set.copyOf(offers);
        }

        boolean fits(InetAddress client, String path, List<TftpOption> options) {
            return (clients.isEmpty() || clients.stream().anyMatch(range -> range.contains(client)))
                    && (paths.isEmpty() || paths.stream().anyMatch(pattern -> pattern.matches(path)))
                    && (offers.isEmpty() || offers.stream().allMatch(offer -> has(options, offer)));
        }

        private static boolean has(List<TftpOption> options, String name) {
            return options.stream().anyMatch(option -> option.canonicalName().equals(name));
        }
    }

    /**
     * What is not said here is as for everybody.
     *
     * @param maxBlockSize largest blksize agreed to, in place of what the network suggests
     * @param maxWindowSize largest windowsize agreed to
     * @param firstTimeout wait before something is sent again for the first time
     * @param longestTimeout where the doubling of that wait stops
     * @param retries how often something is sent again
     * @param rollover what follows block 65535 when the client does not ask for either
     * @param withoutOptions options, in lower case, that are treated as if the client had not asked
     */
    public record Terms(
            OptionalInt maxBlockSize,
            OptionalInt maxWindowSize,
            Optional<Duration> firstTimeout,
            Optional<Duration> longestTimeout,
            OptionalInt retries,
            Optional<BlockRollover> rollover,
            Set<String> withoutOptions) {
        /** In {@link #withoutOptions}: no option at all, as RFC 1350 has it. */
        public static final String ALL_OPTIONS = "all";

        public static final Terms AS_FOR_EVERYBODY = new Terms(
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Set.of());

        public Terms {
            withoutOptions = Set.copyOf(withoutOptions);
        }

        NegotiationPolicy applyTo(NegotiationPolicy everybody, int blockSizeOtherwise) {
            return new NegotiationPolicy(
                    maxBlockSize.orElse(blockSizeOtherwise),
                    maxWindowSize.orElse(everybody.maxWindowSize()),
                    retransmit(everybody.retransmit()),
                    rollover.orElse(everybody.rollover()),
                    everybody.optionsEnabled());
        }

        private RetransmitPolicy retransmit(RetransmitPolicy everybody) {
            if (firstTimeout.isEmpty() && longestTimeout.isEmpty() && retries.isEmpty()) {
                return everybody;
            }
            Duration first = firstTimeout.orElse(everybody.firstDelay());
            Duration longest = longestTimeout.orElse(everybody.longestDelay());
            return new RetransmitPolicy(
                    first, longest.compareTo(first) < 0 ? first : longest, retries.orElse(everybody.mostRetries()));
        }

        List<TftpOption> left(List<TftpOption> options) {
            if (withoutOptions.isEmpty() || options.isEmpty()) {
                return options;
            }
            return withoutOptions.contains(ALL_OPTIONS)
                    ? List.of()
                    : options.stream()
                            .filter(option -> !withoutOptions.contains(option.canonicalName()))
                            .toList();
        }
    }
}
