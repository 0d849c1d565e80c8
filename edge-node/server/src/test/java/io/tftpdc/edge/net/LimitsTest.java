package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.edge.policy.RequestPolicy;
import io.tftpdc.edge.policy.Verdict;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.RetransmitPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is beyond a limit gets no answer, is counted, and leaves everybody else alone. Loopback is not exempt here. */
@ExtendWith(NoLeaks.class)
class LimitsTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final int IPV4_UDP_HEADERS = 28;

    /** What came before a barrier. */
    private final List<TestClient.Incoming> early = new ArrayList<>();

    /** Limits that a test does not reach unless it says so. */
    private static LimitSettings limits(
            int transfersPerClient, int requestsPerClient, int errors, int unansweredPerClient, int repeats) {
        return new LimitSettings(
                transfersPerClient,
                10_000,
                10_000,
                requestsPerClient,
                100_000,
                100_000,
                100_000,
                errors,
                Duration.ofSeconds(1),
                unansweredPerClient,
                10_000,
                10_000,
                repeats,
                24,
                64,
                List.of(),
                1024);
    }

    private static TestServer start(InMemoryFiles files, RetransmitPolicy retransmit, LimitSettings limits)
            throws Exception {
        RequestPolicy policy = RequestPolicy.sameForAll(new NegotiationPolicy(65464, 64, retransmit));
        return TestServer.start(TestServer.settings(retransmit, policy, limits), files);
    }

    @Test
    void aClientThatAsksTooOftenIsNotHeard() throws Exception {
        LimitSettings limits = limits(100, 5, 1000, 100, 3);
        try (TestServer server = start(new InMemoryFiles(), TestServer.LATE, limits);
                TestClient client = server.client()) {
            for (int i = 0; i < 50; i++) {
                client.request("missing");
            }
            barrier(client);
            int dropped = (int) server.dropped(Verdict.CLIENT_RATE);
            assertThat(dropped).as("of 50, at 5 a second").isBetween(20, 45);
            receive(client, 50 - dropped, ErrorPacket.class);
        }
    }

    @Test
    void errorMessagesEndWithTheirRate() throws Exception {
        LimitSettings limits = limits(100, 1000, 3, 100, 3);
        try (TestServer server = start(new InMemoryFiles().with("f", HELLO), TestServer.LATE, limits);
                TestClient client = server.client()) {
            for (int i = 0; i < 3; i++) {
                client.request("missing");
                client.expectError();
            }
            client.request("missing");
            client.request("a/../b");
            client.request(new Ack(BlockNumber.ZERO));
            assertThat(client.read("f")).as("the next answer").isEqualTo(HELLO);
            assertThat(server.dropped(Verdict.ERROR_RATE)).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                assertThat(server.report().outcome()).isEqualTo(Outcome.NOT_FOUND);
            }
            assertThat(server.report().outcome())
                    .as("what was not answered is not reported")
                    .isEqualTo(Outcome.COMPLETED);
        }
    }

    @Test
    void aClientHasOnlySoManyTransfersAtOnce() throws Exception {
        LimitSettings limits = limits(2, 1000, 1000, 100, 3);
        try (TestServer server = start(new InMemoryFiles().with("f", HELLO), TestServer.LATE, limits);
                TestClient one = server.client();
                TestClient two = server.client();
                TestClient three = server.client()) {
            one.request("f");
            TestClient.Incoming first = one.receive();
            two.request("f");
            two.receive();
            three.request("f");
            barrier(three);
            receive(three, 0, Data.class);
            assertThat(server.dropped(Verdict.CLIENT_TRANSFERS)).isOne();

            one.ack(1, first.from());
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(three.read("f")).isEqualTo(HELLO);
        }
    }

    /**
     * What somebody gets for one request that he sends with another's address: the first block and its repeats, to an
     * address that never answers.
     *
     * <pre>
     *   RRQ, 10 bytes ─►
     *                    ◄─ DATA 1, 516 bytes
     *                    ◄─ DATA 1, 516 bytes    (3 times by default)
     *                       silence
     * </pre>
     */
    @Test
    void theAmplificationIsThatOfOneBlockAndItsRepeats() throws Exception {
        LimitSettings defaults = LimitSettings.DEFAULT;
        LimitSettings limits = limits(100, 1000, 1000, 100, defaults.firstReplyRepeats());
        RetransmitPolicy early = new RetransmitPolicy(Duration.ofMillis(20), Duration.ofMillis(40), 100);
        try (TestServer server = start(new InMemoryFiles().with("f", new byte[4000]), early, limits);
                TestClient victim = server.client()) {
            ReadRequest request = new ReadRequest("f", TransferMode.OCTET, List.of());
            int requested = TftpPacketCodec.encode(request).remaining();
            victim.request(request);
            TransferReport report = server.report();
            int datagrams = 0;
            int bytes = 0;
            for (; datagrams < 1 + report.retransmittedPackets(); datagrams++) {
                bytes += 4 + victim.expect(Data.class).payload().remaining();
            }
            barrier(victim);
            receive(victim, 0, Data.class);

            assertThat(report.outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(requested).isEqualTo(10);
            assertThat(datagrams).isEqualTo(4);
            assertThat(bytes).isEqualTo(2064);
            double amplification = (double) (bytes + datagrams * IPV4_UDP_HEADERS) / (requested + IPV4_UDP_HEADERS);
            assertThat(amplification).as("docs/how-to/harden.md says so").isBetween(57.0, 58.0);
        }
    }

    @Test
    void withOptionsTheFirstReplyIsNoLargerThanTheRequest() throws Exception {
        LimitSettings limits = limits(100, 1000, 1000, 100, 3);
        try (TestServer server = start(new InMemoryFiles().with("f", new byte[4000]), TestServer.LATE, limits);
                TestClient client = server.client()) {
            ReadRequest request = new ReadRequest(
                    "f", TransferMode.OCTET, TestClient.options("tsize", "0", "blksize", "1468", "windowsize", "64"));
            client.request(request);
            int reply = TftpPacketCodec.encode(client.receive().packet()).remaining();
            assertThat(reply)
                    .isLessThanOrEqualTo(TftpPacketCodec.encode(request).remaining());
        }
    }

    /** Whoever repeats a request in another's name a hundred times gets no more than who sent it once. */
    @Test
    void repeatedRequestsDoNotMultiplyTheFirstReply() throws Exception {
        LimitSettings limits = limits(100, 1000, 1000, 100, 2);
        try (TestServer server = start(new InMemoryFiles().with("f", new byte[4000]), TestServer.LATE, limits);
                TestClient victim = server.client();
                TestClient other = server.client()) {
            for (int i = 0; i < 100; i++) {
                victim.request("f", "tsize", "0");
                other.request("f");
            }
            barrier(victim);
            receive(victim, 3, OptionAck.class);
            assertThat(server.dropped(Verdict.REPEATS)).isEqualTo(97);
            barrier(other);
            receive(other, 1, Data.class);
        }
    }

    /**
     * Returns when the server has dealt with all that this client has sent, so that its counts are final. Answers come
     * from several ports, and those to earlier requests may still be on their way: see {@link #receive}.
     */
    private void barrier(TestClient client) throws IOException {
        client.request(new Ack(BlockNumber.ZERO));
        TestClient.Incoming next = client.receive();
        while (!(next.packet() instanceof ErrorPacket error && error.code().equals(ErrorCode.ILLEGAL_OPERATION))) {
            early.add(next);
            next = client.receive();
        }
    }

    /** So many packets of this type, of those that came before the barrier and those that come behind it. */
    private List<TestClient.Incoming> receive(TestClient client, int count, Class<? extends TftpPacket> type)
            throws IOException {
        List<TestClient.Incoming> packets = new ArrayList<>(early);
        early.clear();
        while (packets.size() < count) {
            packets.add(client.receive());
        }
        assertThat(packets).hasSize(count).allSatisfy(one -> assertThat(one.packet())
                .isInstanceOf(type));
        return packets;
    }

    @Test
    void whoNeverAnswersGetsOnlySoManyFirstReplies() throws Exception {
        LimitSettings limits = limits(100, 1000, 1000, 4, 0);
        InMemoryFiles files = new InMemoryFiles();
        for (int i = 0; i < 20; i++) {
            files.with("f" + i, HELLO);
        }
        try (TestServer server = start(files, TestServer.LATE, limits);
                TestClient victim = server.client()) {
            for (int i = 0; i < 20; i++) {
                victim.request("f" + i);
            }
            barrier(victim);
            List<TestClient.Incoming> replies = receive(victim, 4, Data.class);
            assertThat(server.dropped(Verdict.CLIENT_UNANSWERED)).isEqualTo(16);

            // It is there after all: from now on it is known.
            victim.ack(1, replies.getFirst().from());
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
            for (int i = 4; i < 20; i++) {
                victim.request("f" + i);
                victim.expect(Data.class);
            }
        }
    }

    @Test
    void aClientThatHasAnsweredIsGivenAllItsRetries() throws Exception {
        LimitSettings limits = limits(100, 1000, 1000, 100, 0);
        RetransmitPolicy early = new RetransmitPolicy(Duration.ofMillis(20), Duration.ofMillis(40), 5);
        try (TestServer server = start(new InMemoryFiles().with("f", HELLO), early, limits);
                TestClient client = server.client()) {
            client.request("f");
            client.receive();
            assertThat(server.report().retransmittedPackets()).as("a stranger").isZero();
            client.read("f");
            server.report();
            client.request("f");
            assertThat(server.report().retransmittedPackets())
                    .as("a known client")
                    .isEqualTo(5);
        }
    }

    /** As many strangers as like: an honest client gets its file, whole and at once. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere only 127.0.0.1 can be sent from")
    void halfOpenRequestsDoNotHinderAnHonestClient() throws Exception {
        LimitSettings limits = limits(10_000, 100_000, 1000, 10_000, 3);
        byte[] content = new byte[20_000];
        try (TestServer server = start(new InMemoryFiles().with("f", content), TestServer.LATE, limits)) {
            List<TestClient> strangers = new ArrayList<>();
            try (TestClient honest = server.client()) {
                honest.request("f");
                TestClient.Incoming begun = honest.receive();
                honest.ack(1, begun.from());
                TestClient.Incoming next = honest.receive();
                for (int i = 0; i < 300; i++) { // of 100 transfers in all
                    TestClient stranger = new TestClient(server.address(), "127.9." + i / 100 + "." + (1 + i % 100));
                    strangers.add(stranger);
                    stranger.request("f");
                }
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.writeBytes(TestClient.payload((Data) begun.packet()));
                assertThat(honest.finish(next, bytes, 1))
                        .as("it had begun before")
                        .isEqualTo(content);
                for (int i = 0; i < 10; i++) {
                    assertThat(server.report().outcome())
                            .as("the strangers are not reported")
                            .isEqualTo(Outcome.COMPLETED);
                    assertThat(honest.read("f")).isEqualTo(content);
                }
                assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
                assertThat(server.dropped(Verdict.UNANSWERED)).isPositive();
                assertThat(server.active()).isLessThanOrEqualTo(50);
            } finally {
                strangers.forEach(TestClient::close);
            }
        }
    }

    @Test
    void whoeverTriesTransferPortsGetsErrorsAtTheirRateOnly() throws Exception {
        LimitSettings limits = limits(100, 1000, 2, 100, 3);
        try (TestServer server = start(new InMemoryFiles().with("f", HELLO), TestServer.LATE, limits);
                TestClient client = server.client();
                TestClient stranger = server.client()) {
            client.request("f");
            InetSocketAddress port = client.receive().from();
            for (int i = 0; i < 50; i++) {
                stranger.ack(1, port);
            }
            stranger.expectError();
            stranger.expectError();
            client.ack(1, port);
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(server.count(TftpMeters.STRANGERS)).isEqualTo(50);
            assertThat(server.dropped(Verdict.ERROR_RATE)).isEqualTo(48);
        }
    }
}
