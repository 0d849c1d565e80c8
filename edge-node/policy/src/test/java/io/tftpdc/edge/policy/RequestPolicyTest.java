package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.Tenant;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.RetransmitPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestPolicyTest {
    private static final Tenant LAB = new Tenant("lab");
    private static final NegotiationPolicy EVERYBODY = new NegotiationPolicy(65464, 64, RetransmitPolicy.DEFAULT);
    private static final TenantMap TENANTS =
            new TenantMap(List.of(new TenantMap.Rule(LAB, List.of(Cidr.parse("10.1.0.0/16")))));

    private static RequestPolicy policy(ClientProfile... profiles) {
        NamePolicy labNames = new NamePolicy(true, true, true, RemapRules.parse("lab", "r ^ lab/\na secret"));
        return new RequestPolicy(
                TENANTS,
                Map.of(LAB, labNames),
                NamePolicy.DEFAULT,
                List.of(profiles),
                EVERYBODY,
                (client, called) -> client.isLoopbackAddress() ? 65464 : 1468);
    }

    private static Asked asked(String client, String name, String... options) {
        return new Asked(
                Addresses.of(client),
                Addresses.of("10.1.0.1"),
                Operation.READ,
                name,
                Arrays.stream(options)
                        .map(option -> new TftpOption(option, "1"))
                        .toList());
    }

    private static Admission admitted(RequestPolicy policy, Asked asked) {
        Decision decision = policy.decide(asked);
        assertThat(decision).isInstanceOf(Admission.class);
        return (Admission) decision;
    }

    @Test
    void theAddressNamesTheTenantAndTheTenantTheRules() {
        Admission lab = admitted(policy(), asked("10.1.2.3", "/X"));
        assertThat(lab.query()).isEqualTo(new FileQuery(LAB, List.of(new FilePath("lab/X")), true));
        assertThat(lab.tenant()).isEqualTo(LAB);
        assertThat(lab.path()).isEqualTo(new FilePath("lab/X"));
        assertThat(lab.otherwise()).isEmpty();
        assertThat(admitted(policy(), asked("10.2.2.3", "/X")).query())
                .isEqualTo(new FileQuery(Tenant.DEFAULT, List.of(new FilePath("X")), false));
        assertThat(policy().decide(asked("10.1.2.3", "secret"))).isEqualTo(new Refused(Refusal.RULE));
    }

    @Test
    void withoutAProfileTheNetworkLimitsTheBlock() {
        Admission far = admitted(policy(), asked("10.2.2.3", "x", "blksize", "tsize"));
        assertThat(far.negotiation()).isEqualTo(new NegotiationPolicy(1468, 64, RetransmitPolicy.DEFAULT));
        assertThat(far.options()).extracting(TftpOption::name).containsExactly("blksize", "tsize");
        assertThat(admitted(policy(), asked("127.0.0.1", "x")).negotiation().maxBlockSize())
                .isEqualTo(65464);
    }

    @Test
    void theFirstProfileThatFitsDecides() {
        ClientProfile phones =
                profile(who("10.9.0.0/16", "phones/.*", "tsize"), terms(OptionalInt.of(512), OptionalInt.of(1)));
        ClientProfile subnet = profile(who("10.9.0.0/16", null), terms(OptionalInt.of(8192), OptionalInt.empty()));
        RequestPolicy policy = policy(phones, subnet);

        assertThat(admitted(policy, asked("10.9.1.1", "/phones/a", "TSize")).negotiation())
                .isEqualTo(new NegotiationPolicy(512, 1, RetransmitPolicy.DEFAULT));
        NegotiationPolicy second = new NegotiationPolicy(8192, 64, RetransmitPolicy.DEFAULT);
        assertThat(admitted(policy, asked("10.9.1.1", "phones/a")).negotiation())
                .as("no tsize asked")
                .isEqualTo(second);
        assertThat(admitted(policy, asked("10.9.1.1", "other", "tsize")).negotiation())
                .isEqualTo(second);
        assertThat(admitted(policy, asked("10.8.1.1", "phones/a", "tsize"))
                        .negotiation()
                        .maxBlockSize())
                .isEqualTo(1468);
    }

    @Test
    void aProfileTakesOptionsAway() {
        RequestPolicy some = policy(profile(who(null, null), without("blksize")));
        assertThat(admitted(some, asked("10.9.1.1", "x", "BLKSIZE", "tsize")).options())
                .extracting(TftpOption::name)
                .containsExactly("tsize");
        RequestPolicy all = policy(profile(who(null, null), without("all")));
        assertThat(admitted(all, asked("10.9.1.1", "x", "blksize", "tsize")).options())
                .isEmpty();
    }

    @Test
    void aProfileSaysHowPatientToBeAndWhatFollowsBlock65535() {
        RequestPolicy policy = policy(profile(
                who(null, null),
                new ClientProfile.Terms(
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.of(Duration.ofSeconds(20)),
                        Optional.empty(),
                        OptionalInt.of(3),
                        Optional.of(BlockRollover.TO_ONE),
                        Set.of())));
        NegotiationPolicy negotiation = admitted(policy, asked("10.9.1.1", "x")).negotiation();
        assertThat(negotiation.retransmit())
                .as("no shorter than the first")
                .isEqualTo(new RetransmitPolicy(Duration.ofSeconds(20), Duration.ofSeconds(20), 3));
        assertThat(negotiation.rollover()).isEqualTo(BlockRollover.TO_ONE);
    }

    @Test
    void sameForAllTakesTheBlockFromTheNegotiation() {
        NegotiationPolicy small = new NegotiationPolicy(1024, 4, RetransmitPolicy.DEFAULT);
        assertThat(admitted(RequestPolicy.sameForAll(small), asked("10.1.2.3", "x")))
                .isEqualTo(new Admission(
                        new FileQuery(Tenant.DEFAULT, List.of(new FilePath("x")), false),
                        Optional.empty(),
                        List.of(),
                        small));
    }

    private static ClientProfile profile(ClientProfile.Who who, ClientProfile.Terms terms) {
        return new ClientProfile("test", who, terms);
    }

    private static ClientProfile.Who who(@Nullable String clients, @Nullable String path, String... offers) {
        return new ClientProfile.Who(
                clients == null ? List.of() : List.of(Cidr.parse(clients)),
                path == null ? List.of() : List.of(Pattern.compile(path)),
                Set.of(offers));
    }

    private static ClientProfile.Terms terms(OptionalInt blockSize, OptionalInt windowSize) {
        return new ClientProfile.Terms(
                blockSize,
                windowSize,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Set.of());
    }

    private static ClientProfile.Terms without(String... options) {
        return new ClientProfile.Terms(
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Set.of(options));
    }
}
