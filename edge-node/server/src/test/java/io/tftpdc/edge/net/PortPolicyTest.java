package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Verdict;
import io.tftpdc.edge.udp.UdpBatch;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which ports and addresses answers come from. */
@ExtendWith(NoLeaks.class)
class PortPolicyTest {

    private static final byte[] CONTENT = "a boot file".repeat(100).getBytes(StandardCharsets.US_ASCII);
    private static final int EVENT_LOOPS = 2;

    private static TestServer start(String address, PortPolicy ports) throws IOException {
        return start(address, ports, true);
    }

    private static TestServer start(String address, PortPolicy ports, boolean nativeTransport) throws IOException {
        return TestServer.start(
                TestServer.settings(address, TestServer.LATE, nativeTransport, 100, Duration.ofSeconds(30), ports),
                new InMemoryFiles().with("f", CONTENT).with("g", CONTENT));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRangeBoundsThePortsThatAnswersComeFrom(boolean nativeTransport) throws Exception {
        PortPolicy.Range range = freeRange(8);
        try (TestServer server = start("127.0.0.1", range, nativeTransport)) {
            for (int i = 0; i < 20; i++) {
                try (TestClient client = server.client()) {
                    client.request("f");
                    TestClient.Incoming first = client.receive();
                    assertThat(first.from().getPort()).isBetween(range.low(), range.high());
                    assertThat(client.finish(first, new ByteArrayOutputStream(), 0))
                            .isEqualTo(CONTENT);
                }
            }
        }
    }

    @Test
    void aClientThatHasATransferOnEveryPortOfTheRangeIsNotAnswered() throws Exception {
        PortPolicy.Range range = freeRange(EVENT_LOOPS);
        try (TestServer server = start("127.0.0.1", range);
                TestClient client = server.client()) {
            client.request("f");
            TestClient.Incoming first = client.receive();
            client.request("g"); // its event loop has one port only, and that is taken
            client.ack(1, first.from());

            assertThat(client.finish(client.receive(), new ByteArrayOutputStream(), 1))
                    .hasSize(CONTENT.length - 512);
            assertThat(server.dropped(Verdict.BUSY)).isOne();
        }
    }

    /** As with any local program that was given one of these ports by the kernel. */
    @Test
    void aRangeOfWhichOthersHaveAPartStillServes() throws Exception {
        PortPolicy.Range range = freeRange(6);
        try (DatagramSocket other = new DatagramSocket(new InetSocketAddress("127.0.0.1", range.low() + 2));
                DatagramSocket another = new DatagramSocket(new InetSocketAddress("127.0.0.1", range.low() + 3));
                TestServer server = start("127.0.0.1", range)) {
            assertThat(other.isBound() && another.isBound()).isTrue();
            for (int i = 0; i < 20; i++) {
                try (TestClient client = server.client()) {
                    assertThat(client.read("f")).isEqualTo(CONTENT);
                }
            }
        }
    }

    /** Asks the kernel for neighbouring ports that nobody has at the moment. */
    private static PortPolicy.Range freeRange(int size) throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            List<DatagramSocket> taken = new ArrayList<>();
            try {
                DatagramSocket first = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
                taken.add(first);
                int low = first.getLocalPort();
                for (int i = 1; i < size; i++) {
                    taken.add(new DatagramSocket(new InetSocketAddress("127.0.0.1", low + i)));
                }
                return new PortPolicy.Range(low, low + size - 1);
            } catch (IOException | IllegalArgumentException notThese) {
                continue;
            } finally {
                taken.forEach(DatagramSocket::close);
            }
        }
        throw new IOException("no " + size + " neighbouring ports are free");
    }

    @Test
    void aRangeThatIsNoneSaysWhatWasExpected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PortPolicy.Range(2000, 1000))
                .withMessage(
                        "transfer ports are 2000 to 1000; expected a range within 1 to 65535, such as 50000 to 50063");
    }

    /** Answers from the port of the request. */
    @Nested
    class SinglePort {

        @BeforeEach
        void needsBatchedUdp() {
            assumeThat(UdpBatch.isAvailable()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
        void everythingComesFromThePortAndAddressThatWereCalled(String address) throws Exception {
            try (TestServer server = start(address, new PortPolicy.Single())) {
                String called = address.equals("127.0.0.1") ? address : "127.0.0.77";
                InetSocketAddress there =
                        new InetSocketAddress(called, server.address().getPort());
                for (int i = 0; i < 10; i++) {
                    try (TestClient client = new TestClient(there)) {
                        client.request("f", "blksize", "100", "windowsize", "4");
                        TestClient.Incoming oack = client.receive();
                        assertThat(oack.from()).isEqualTo(there);
                        assertThat(client.finish(oack, new ByteArrayOutputStream(), 0))
                                .isEqualTo(CONTENT);
                    }
                }
            }
        }

        @Test
        void manyClientsAreToldApart() throws Exception {
            try (TestServer server = start("127.0.0.1", new PortPolicy.Single())) {
                List<TestClient> clients = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    TestClient client = server.client();
                    clients.add(client);
                    client.request("f");
                }
                List<TestClient.Incoming> firsts = new ArrayList<>();
                for (TestClient client : clients) {
                    firsts.add(client.receive());
                }
                for (int i = 0; i < 20; i++) {
                    assertThat(clients.get(i).finish(firsts.get(i), new ByteArrayOutputStream(), 0))
                            .isEqualTo(CONTENT);
                    clients.get(i).close();
                }
            }
        }

        @Test
        void aRepeatedRequestGoesOnAndAnotherOneBeginsAnew() throws Exception {
            try (TestServer server = start("127.0.0.1", new PortPolicy.Single());
                    TestClient client = server.client()) {
                client.request("f");
                TestClient.Incoming first = client.receive();
                client.request("f"); // late, and no reason to begin again
                client.ack(1, first.from());
                assertThat(client.expect(Data.class).block().value()).isEqualTo(2);

                client.request("g");

                assertThat(client.finish(client.receive(), new ByteArrayOutputStream(), 0))
                        .isEqualTo(CONTENT);
                assertThat(server.report().outcome()).isEqualTo(Outcome.ABORTED_BY_CLIENT);
                assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
            }
        }

        @Test
        void aStrangersPacketIsAnError() throws Exception {
            try (TestServer server = start("127.0.0.1", new PortPolicy.Single());
                    TestClient client = server.client()) {
                client.ack(7, server.address());

                assertThat(client.expect(ErrorPacket.class).message()).contains("ACK");
            }
        }
    }
}
