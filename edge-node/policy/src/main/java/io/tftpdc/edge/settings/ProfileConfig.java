package io.tftpdc.edge.settings;

import com.google.re2j.Pattern;
import io.tftpdc.edge.policy.Cidr;
import io.tftpdc.edge.policy.ClientProfile;
import io.tftpdc.edge.policy.Glob;
import io.tftpdc.runtime.Defaults;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a kind of client is served. It is for the requests that fit all of {@code clients}, {@code paths} and
 * {@code offers}; what it does not say is as for everybody.
 *
 * @param name what people call it
 * @param clients address ranges such as {@code 10.9.0.0/16}; without any, all clients
 * @param paths patterns such as {@code phones/**}, of what the rules for names have made of the name; without any, all
 * @param offers options all of which the client asks for, such as {@code blksize}
 * @param maxBlockSize largest blksize agreed to, whatever the network suggests
 * @param maxWindowSize largest windowsize agreed to
 * @param firstTimeout wait before something is sent again for the first time; the wait doubles each time
 * @param longestTimeout where the doubling stops
 * @param retries how often something is sent again before the transfer is given up
 * @param rollover 0 or 1: the block after 65535
 * @param withoutOptions options treated as if the client had not asked for them; {@code all} for any option
 */
public record ProfileConfig(
        String name,
        List<String> clients,
        List<String> paths,
        List<String> offers,
        Optional<Integer> maxBlockSize,
        Optional<Integer> maxWindowSize,
        Optional<Duration> firstTimeout,
        Optional<Duration> longestTimeout,
        Optional<Integer> retries,
        Optional<Integer> rollover,
        List<String> withoutOptions) {

    private static final List<String> OPTIONS = List.of(
            TftpOption.BLKSIZE,
            TftpOption.TSIZE,
            TftpOption.TIMEOUT,
            TftpOption.UTIMEOUT,
            TftpOption.WINDOWSIZE,
            TftpOption.ROLLOVER,
            ClientProfile.Terms.ALL_OPTIONS);

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(10);
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(255);

    public ProfileConfig {
        name = Defaults.or(name, "");
        clients = List.copyOf(Defaults.or(clients, List.of()));
        paths = List.copyOf(Defaults.or(paths, List.of()));
        offers = List.copyOf(Defaults.or(offers, List.of()));
        maxBlockSize = Defaults.or(maxBlockSize, Optional.empty());
        maxWindowSize = Defaults.or(maxWindowSize, Optional.empty());
        firstTimeout = Defaults.or(firstTimeout, Optional.empty());
        longestTimeout = Defaults.or(longestTimeout, Optional.empty());
        retries = Defaults.or(retries, Optional.empty());
        rollover = Defaults.or(rollover, Optional.empty());
        withoutOptions = List.copyOf(Defaults.or(withoutOptions, List.of()));
        clients.forEach(Cidr::parse);
        paths.forEach(Glob::new);
        maxBlockSize.ifPresent(ProfileConfig::requireBlockSize);
        maxWindowSize.ifPresent(ProfileConfig::requireWindowSize);
        firstTimeout.ifPresent(value -> requireTimeout("first-timeout", value));
        longestTimeout.ifPresent(value -> requireTimeout("longest-timeout", value));
        retries.ifPresent(value ->
                require(value >= 0 && value <= 255, "`retries` is " + value + "; expected 0 to 255, such as 8"));
        rollover.ifPresent(value -> require(value == 0 || value == 1, "`rollover` is " + value + "; expected 0 or 1"));
        withoutOptions.forEach(option -> require(
                OPTIONS.contains(lower(option)),
                "`without-options` has '" + option + "'; expected any of " + String.join(", ", OPTIONS)));
    }

    public static void requireBlockSize(int value) {
        require(
                value >= 8 && value <= 65464,
                "`max-block-size` is " + value + "; expected 8 to 65464 (RFC 2348). To avoid fragments on Ethernet use"
                        + " 1468 (IPv4) or 1448 (IPv6), or leave it out");
    }

    public static void requireWindowSize(int value) {
        require(
                value >= 1 && value <= 65535,
                "`max-window-size` is " + value + "; expected 1 to 65535 (RFC 7440). Some clients fail above 64");
    }

    private static void requireTimeout(String key, Duration value) {
        require(
                value.compareTo(SHORTEST_TIMEOUT) >= 0 && value.compareTo(LONGEST_TIMEOUT) <= 0,
                "`" + key + "` is " + value + "; expected 10ms to 255s, such as 1s");
    }

    public ClientProfile profile() {
        ClientProfile.Who who = new ClientProfile.Who(
                clients.stream().map(Cidr::parse).toList(),
                paths.stream()
                        .map(path -> Pattern.compile(new Glob(path).regex(), Pattern.DOTALL))
                        .toList(),
                lower(offers));
        ClientProfile.Terms terms = new ClientProfile.Terms(
                number(maxBlockSize),
                number(maxWindowSize),
                firstTimeout,
                longestTimeout,
                number(retries),
                rollover.map(value -> value == 0 ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE),
                lower(withoutOptions));
        return new ClientProfile(name, who, terms);
    }

    private static OptionalInt number(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private static Set<String> lower(List<String> options) {
        return options.stream().map(ProfileConfig::lower).collect(Collectors.toUnmodifiableSet());
    }

    private static String lower(String option) {
        return option.toLowerCase(Locale.ROOT);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
