package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.BlockSizeCap;
import io.tftpdc.edge.policy.ClientProfile;
import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.edge.policy.NamePolicy;
import io.tftpdc.edge.policy.Refusal;
import io.tftpdc.edge.policy.RemapRules;
import io.tftpdc.edge.policy.RequestPolicy;
import io.tftpdc.edge.policy.TenantMap;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What policy makes of a request, seen from the client. */
@ExtendWith(NoLeaks.class)
class NamesAndProfilesTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private static TestServer start(InMemoryFiles files, String rules, ClientProfile... profiles) throws Exception {
        return TestServer.start(
                TestServer.settings(TestServer.LATE, policy(rules, profiles), LimitSettings.DEFAULT), files);
    }

    private static RequestPolicy policy(String rules, ClientProfile... profiles) {
        return new RequestPolicy(
                TenantMap.EVERYBODY_DEFAULT,
                Map.of(),
                new NamePolicy(false, true, true, RemapRules.parse("rules", rules)),
                List.of(profiles),
                new NegotiationPolicy(65464, 64, TestServer.LATE),
                BlockSizeCap.fixed(1468));
    }

    @Test
    void rulesChangeNames() throws Exception {
        String rules = """
                ri ^[a-z]:
                r  ^/tftpboot/
                r  ^([^/]*)\\.0$  pxe/\\L\\1.0
                """;
        try (TestServer server =
                        start(new InMemoryFiles().with("pxe/pxelinux.0", HELLO).with("x", HELLO), rules);
                TestClient client = server.client()) {
            assertThat(client.read("PXELINUX.0")).isEqualTo(HELLO);
            assertThat(client.read("c:\\tftpboot\\x")).isEqualTo(HELLO);
            assertThat(server.files.asked).containsExactly("pxe/pxelinux.0", "x");
            assertThat(server.report().path()).isEqualTo("pxe/pxelinux.0");
        }
    }

    @Test
    void aFileOfTheMachineItselfIsPreferred() throws Exception {
        InMemoryFiles files =
                new InMemoryFiles().with("hosts/127.0.0.1/cfg", HELLO).with("other", HELLO);
        try (TestServer server = start(files, "rE ^ hosts/\\i/\na ^secret");
                TestClient client = server.client()) {
            assertThat(client.read("cfg")).isEqualTo(HELLO);
            assertThat(client.read("other")).isEqualTo(HELLO);
            client.request("none");
            assertThat(client.expectError()).isEqualTo(new ErrorPacket(ErrorCode.FILE_NOT_FOUND, "file not found"));
            client.request("secret");
            assertThat(client.expectError()).isEqualTo(new ErrorPacket(ErrorCode.ACCESS_VIOLATION, "access denied"));
            assertThat(files.asked)
                    .containsExactly(
                            "hosts/127.0.0.1/cfg",
                            "hosts/127.0.0.1/other",
                            "other",
                            "hosts/127.0.0.1/none",
                            "none",
                            "hosts/127.0.0.1/secret");
            assertThat(List.of(
                            server.report().outcome(),
                            server.report().outcome(),
                            server.report().outcome(),
                            server.report().outcome()))
                    .containsExactlyInAnyOrder(
                            Outcome.COMPLETED, Outcome.COMPLETED, Outcome.NOT_FOUND, Outcome.REFUSED);
        }
    }

    @Test
    void rulesTellReadsFromWrites() throws Exception {
        try (TestServer server = start(new InMemoryFiles().with("x", HELLO), "aP ^ read\\ only");
                TestClient client = server.client()) {
            client.request(new WriteRequest("x", TransferMode.OCTET, List.of()));
            assertThat(client.expectError()).isEqualTo(new ErrorPacket(ErrorCode.ACCESS_VIOLATION, "read only"));
            assertThat(client.read("x")).isEqualTo(HELLO);
            TransferReport refused = server.report();
            assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(refused.operation()).isEqualTo(TransferReport.Operation.WRITE);
            assertThat(server.refused(Refusal.RULE)).isOne();
        }
    }

    /** Bytes as no test client would send them. */
    @Test
    void aNameThatIsNotUtf8OrTooLongIsError2() throws Exception {
        try (TestServer server = start(new InMemoryFiles(), "");
                TestClient client = server.client()) {
            client.sendBytes(new byte[] {0, 1, 'f', (byte) 0xFC, 'r', 0, 'o', 'c', 't', 'e', 't', 0}, server.address());
            assertThat(client.expectError())
                    .isEqualTo(new ErrorPacket(ErrorCode.ACCESS_VIOLATION, "the name is not UTF-8"));
            client.request("a".repeat(600));
            assertThat(client.expectError())
                    .isEqualTo(new ErrorPacket(ErrorCode.ACCESS_VIOLATION, "the name is too long"));
            client.request("a/../b");
            assertThat(client.expectError().code()).isEqualTo(ErrorCode.ACCESS_VIOLATION);
            assertThat(server.refused(Refusal.NOT_UTF8)).isOne();
            assertThat(server.refused(Refusal.TOO_LONG)).isOne();
            assertThat(server.refused(Refusal.TRAVERSAL)).isOne();
            assertThat(server.files.asked).isEmpty();
        }
    }

    /** Found at once, a name that is not there costs neither a place in line nor a timer. */
    @Test
    void aListOfProbesIsAnsweredInPassing() throws Exception {
        try (TestServer server = start(new InMemoryFiles().with("pxelinux.cfg/default", HELLO), "");
                TestClient client = server.client()) {
            for (int digits = 8; digits > 0; digits--) {
                client.request("pxelinux.cfg/" + "0A010203".substring(0, digits));
                assertThat(client.expectError().code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);
                assertThat(server.report().outcome()).isEqualTo(Outcome.NOT_FOUND);
            }
            assertThat(client.read("pxelinux.cfg/default")).isEqualTo(HELLO);
            server.report();
            assertThat(server.outcomes(Outcome.NOT_FOUND)).isEqualTo(8);
            assertThat(server.outcomes(Outcome.REFUSED) + server.outcomes(Outcome.FAILED))
                    .isZero();
        }
    }

    @Test
    void aLookupThatTakesTimeIsStillRefusedByItsRule() throws Exception {
        CompletableFuture<Lookup> later = new CompletableFuture<>();
        try (TestServer server = start(new InMemoryFiles().answering("a/slow", later), "rE ^ a/\na ^slow not\\ you");
                TestClient client = server.client()) {
            client.request("slow");
            client.request("/");
            client.expectError(); // the lookup has begun
            later.complete(new Lookup.NotFound("lab", "a/slow"));
            assertThat(client.expectError()).isEqualTo(new ErrorPacket(ErrorCode.ACCESS_VIOLATION, "not you"));
        }
    }

    @Test
    void withoutAProfileTheListenersCapHolds() throws Exception {
        try (TestServer server = start(new InMemoryFiles().with("f", new byte[3000]), "");
                TestClient client = server.client()) {
            client.request("f", "blksize", "8192");
            assertThat(TestClient.value(client.expect(OptionAck.class), "blksize", 0))
                    .isEqualTo(1468);
        }
    }

    @Test
    void aProfileSaysWhatIsNegotiated() throws Exception {
        ClientProfile small = profile(
                "small/.*", OptionalInt.of(1024), OptionalInt.of(2), Optional.empty(), OptionalInt.empty(), Set.of());
        ClientProfile plain = profile(
                "plain/.*",
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Set.of("all"));
        ClientProfile some = profile(
                "some/.*",
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Set.of("blksize"));
        byte[] content = new byte[3000];
        InMemoryFiles files = new InMemoryFiles()
                .with("small/f", content)
                .with("plain/f", content)
                .with("some/f", content);
        try (TestServer server = start(files, "", small, plain, some);
                TestClient client = server.client()) {
            client.request("small/f", "blksize", "8192", "windowsize", "16");
            TestClient.Incoming oack = client.receive();
            assertThat(TestClient.value((OptionAck) oack.packet(), "blksize", 0))
                    .isEqualTo(1024);
            assertThat(TestClient.value((OptionAck) oack.packet(), "windowsize", 0))
                    .isEqualTo(2);
            assertThat(client.finish(oack, new ByteArrayOutputStream(), 0)).isEqualTo(content);

            client.request("plain/f", "blksize", "8192", "tsize", "0");
            TestClient.Incoming data = client.receive();
            assertThat(data.packet()).isInstanceOf(Data.class);
            assertThat(client.finish(data, new ByteArrayOutputStream(), 0)).isEqualTo(content);

            client.request("some/f", "blksize", "8192", "tsize", "0");
            OptionAck answer = client.expect(OptionAck.class);
            assertThat(answer.options()).extracting(option -> option.name()).containsExactly("tsize");
        }
    }

    /** LATE for all others: only the profile can have made it so early. */
    @Test
    void aProfileSaysHowPatientTheServerIs() throws Exception {
        ClientProfile hasty = profile(
                "hasty/.*",
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.of(Duration.ofMillis(20)),
                OptionalInt.of(2),
                Set.of());
        try (TestServer server = start(new InMemoryFiles().with("hasty/f", HELLO), "", hasty);
                TestClient client = server.client()) {
            client.request("hasty/f");
            for (int sent = 0; sent < 3; sent++) {
                assertThat(client.expect(Data.class).block()).isEqualTo(BlockNumber.of(1));
            }
            assertThat(server.report().outcome()).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    @Test
    void anotherPolicyHoldsFromTheNextRequestOn() throws Exception {
        try (TestServer server = start(new InMemoryFiles().with("new", HELLO), "");
                TestClient client = server.client()) {
            client.request("old");
            assertThat(client.expectError().code()).isEqualTo(ErrorCode.FILE_NOT_FOUND);

            server.use(policy("r ^old$ new"), LimitSettings.DEFAULT);

            assertThat(client.read("old")).isEqualTo(HELLO);
        }
    }

    private static ClientProfile profile(
            String path,
            OptionalInt blockSize,
            OptionalInt windowSize,
            Optional<Duration> firstTimeout,
            OptionalInt retries,
            Set<String> withoutOptions) {
        return new ClientProfile(
                path,
                new ClientProfile.Who(List.of(), List.of(Pattern.compile(path)), Set.of()),
                new ClientProfile.Terms(
                        blockSize, windowSize, firstTimeout, firstTimeout, retries, Optional.empty(), withoutOptions));
    }
}
