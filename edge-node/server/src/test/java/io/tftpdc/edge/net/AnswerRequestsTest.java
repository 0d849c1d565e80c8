package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Verdict;
import io.tftpdc.runtime.PortInUseException;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.packet.TransferMode;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused and how, who shares a transfer and who does not. */
@ExtendWith(NoLeaks.class)
class AnswerRequestsTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    @Test
    void aMissingFileIsError1FromAPortThatIsNotTheListeners() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles());
                TestClient client = server.client()) {
            client.request("pxelinux.cfg/01-02");
            TestClient.Incoming answer = client.receive();

            assertThat(answer.packet()).isEqualTo(new ErrorPacket(ErrorCode.FILE_NOT_FOUND, "file not found"));
            assertThat(answer.from().getPort()).isNotEqualTo(server.address().getPort());
            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.NOT_FOUND);
            assertThat(report.tenant()).isEqualTo(InMemoryFiles.TENANT);
            assertThat(report.path()).isEqualTo("pxelinux.cfg/01-02");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boot/x", "/boot/x", "//boot//x", "\\boot\\x", "./boot/x", "boot/./x"})
    void oneFileHasManyWaysToBeAskedFor(String name) throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("boot/x", HELLO));
                TestClient client = server.client()) {
            assertThat(client.read(name)).isEqualTo(HELLO);
            assertThat(server.files.asked).containsExactly("boot/x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "boot/../../x", "..\\x", "boot/\u0007bell", "a\nb", "/", "."})
    void aNameThatEscapesOrHasControlCharactersIsError2(String name) throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles());
                TestClient client = server.client()) {
            client.request(name);

            assertThat(client.expectError().code()).isEqualTo(ErrorCode.ACCESS_VIOLATION);
            assertThat(server.report().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(server.files.asked).isEmpty();
        }
    }

    @Test
    void anUploadIsRefusedWithItsReason() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles());
                TestClient client = server.client()) {
            client.request(new WriteRequest("config", TransferMode.OCTET, List.of()));

            ErrorPacket error = client.expectError();
            assertThat(error.code()).isEqualTo(ErrorCode.ACCESS_VIOLATION);
            assertThat(error.message()).contains("uploads are not permitted on this server");
            assertThat(server.report().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(server.count(TftpMeters.WRITE_REQUESTS)).isOne();
        }
    }

    @Test
    void mailIsRefusedByItsName() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles());
                TestClient client = server.client()) {
            client.request(new ReadRequest("postmaster", TransferMode.MAIL, List.of()));

            ErrorPacket error = client.expectError();
            assertThat(error.code()).isEqualTo(ErrorCode.ILLEGAL_OPERATION);
            assertThat(error.message()).contains("mail");
        }
    }

    @Test
    void whatIsNoRequestIsError4AndCounted() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles());
                TestClient client = server.client()) {
            client.sendBytes(new byte[] {0, 9, 1, 2}, server.address());
            assertThat(client.expectError())
                    .isEqualTo(new ErrorPacket(ErrorCode.ILLEGAL_OPERATION, "unknown opcode 9"));
            client.sendBytes(new byte[] {7}, server.address());
            assertThat(client.expectError().code()).isEqualTo(ErrorCode.ILLEGAL_OPERATION);
            client.request(new Ack(BlockNumber.ZERO));
            assertThat(client.expectError().code()).isEqualTo(ErrorCode.ILLEGAL_OPERATION);
            assertThat(server.count(TftpMeters.MALFORMED)).isEqualTo(3);
            assertThat(server.nothingReported()).isTrue();
        }
    }

    @Test
    void anErrorIsNeverAnswered() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", HELLO));
                TestClient client = server.client()) {
            client.request(new ErrorPacket(ErrorCode.NOT_DEFINED, "?"));
            client.sendBytes(new byte[] {0, 5}, server.address());
            client.request("f");

            assertThat(client.receive().packet())
                    .as("the first answer is to the last packet")
                    .isInstanceOf(Data.class);
        }
    }

    @Test
    void otherAnswersOfALookupBecomeErrors() throws Exception {
        InMemoryFiles files = new InMemoryFiles()
                .answering("secret", done(new Lookup.Refused("lab", "secret", "not for this address")))
                .answering("away", done(new Lookup.Unavailable("lab", "away", "content is not here yet")))
                .answering("broken", CompletableFuture.failedFuture(new IllegalStateException("disk on fire")));
        try (TestServer server = TestServer.start(files);
                TestClient client = server.client()) {
            client.request("secret");
            assertThat(client.expectError())
                    .isEqualTo(new ErrorPacket(ErrorCode.ACCESS_VIOLATION, "not for this address"));
            client.request("away");
            assertThat(client.expectError())
                    .isEqualTo(new ErrorPacket(ErrorCode.NOT_DEFINED, "content is not here yet"));
            client.request("broken");
            assertThat(client.expectError())
                    .isEqualTo(new ErrorPacket(ErrorCode.NOT_DEFINED, "the server failed to look the file up"));
            assertThat(List.of(
                            server.report().outcome(),
                            server.report().outcome(),
                            server.report().outcome()))
                    .containsExactly(Outcome.REFUSED, Outcome.UNAVAILABLE, Outcome.FAILED);
        }
    }

    @Test
    void aLookupThatNeverEndsIsGivenUpAndItsLateFileClosed() throws Exception {
        CompletableFuture<Lookup> never = new CompletableFuture<>();
        InMemoryFiles files = new InMemoryFiles().with("f", HELLO).answering("slow", never);
        TftpSettings settings = TestServer.settings("127.0.0.1", TestServer.LATE, true, 100, Duration.ofMillis(50));
        try (TestServer server = TestServer.start(settings, files);
                TestClient client = server.client()) {
            client.request("slow");
            assertThat(client.expectError().code()).isEqualTo(ErrorCode.NOT_DEFINED);
            assertThat(server.report().outcome()).isEqualTo(Outcome.UNAVAILABLE);

            never.complete(new Lookup.Found(files.open(files.file("f"))));
            client.read("f"); // same event loop, so the late answer has been dealt with
            server.report();
            assertThat(files.open).hasValue(0);
        }
    }

    @Test
    void aRepeatedRequestContinuesTheSameTransfer() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", HELLO));
                TestClient client = server.client()) {
            client.request("f", "tsize", "0");
            TestClient.Incoming first = client.receive();
            client.request("f", "tsize", "0");
            TestClient.Incoming second = client.receive();

            assertThat(second).as("the same OACK from the same port").isEqualTo(first);
            assertThat(server.files.asked).containsExactly("f");
            assertThat(client.finish(second, new ByteArrayOutputStream(), 0)).isEqualTo(HELLO);
            server.report();
            assertThat(server.nothingReported()).isTrue();
        }
    }

    @Test
    void aRequestRepeatedWithOtherOptionsReplacesTheTransfer() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", HELLO));
                TestClient client = server.client()) {
            client.request("f", "blksize", "1024");
            TestClient.Incoming first = client.receive();
            client.request("f");
            TestClient.Incoming second = client.receive();

            assertThat(second.packet()).isInstanceOf(Data.class);
            assertThat(second.from()).isNotEqualTo(first.from());
            client.ack(1, second.from());
            assertThat(server.report().outcome()).isEqualTo(Outcome.ABORTED_BY_CLIENT);
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    /** Power-cycled in the middle, and its firmware uses the same port again. */
    @Test
    void aClientThatRestartsInTheMiddleGetsItsFileFromTheBeginning() throws Exception {
        byte[] content = new byte[2000];
        TftpSettings settings = TestServer.settings("127.0.0.1", TestServer.EARLY);
        try (TestServer server = TestServer.start(settings, new InMemoryFiles().with("f", content));
                TestClient client = server.client()) {
            client.request("f");
            TestClient.Incoming first = client.receive();
            client.ack(1, first.from());
            client.expect(Data.class);
            client.expect(Data.class); // the same block: the server finds it silent
            client.request("f");
            TestClient.Incoming next = client.receive();
            while (next.from().equals(first.from())) {
                next = client.receive();
            }

            assertThat(client.finish(next, new ByteArrayOutputStream(), 0)).isEqualTo(content);
            TransferReport old = server.report();
            assertThat(old.outcome()).isEqualTo(Outcome.ABORTED_BY_CLIENT);
            assertThat(old.message()).contains("asked again from the beginning");
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    @Test
    void requestsToABroadcastOrMulticastAddressAreNotAnswered() {
        assertThat(TransferPorts.isForMany(address("255.255.255.255"))).isTrue();
        assertThat(TransferPorts.isForMany(address("224.0.1.9"))).isTrue();
        assertThat(TransferPorts.isForMany(address("ff02::1"))).isTrue();
        assertThat(TransferPorts.isForMany(address("127.0.0.1"))).isFalse();
        assertThat(TransferPorts.isForMany(address("::1"))).isFalse();
    }

    private static InetAddress address(String literal) {
        return new InetSocketAddress(literal, 0).getAddress();
    }

    @Test
    void aStrangersPacketGetsError5AndDisturbsNothing() throws Exception {
        byte[] content = new byte[2000];
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", content));
                TestClient client = server.client();
                TestClient stranger = server.client()) {
            client.request("f");
            TestClient.Incoming first = client.receive();
            stranger.ack(1, first.from());
            assertThat(stranger.expectError().code()).isEqualTo(ErrorCode.UNKNOWN_TRANSFER_ID);
            stranger.send(new ErrorPacket(ErrorCode.NOT_DEFINED, "stop it"), first.from());
            stranger.sendBytes(new byte[] {9, 9, 9}, first.from());

            assertThat(client.finish(first, new ByteArrayOutputStream(), 0)).isEqualTo(content);
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(server.count(TftpMeters.STRANGERS)).isEqualTo(2);
            assertThat(server.count(TftpMeters.MALFORMED)).isOne();
        }
    }

    @Test
    void aDamagedPacketOfTheClientDisturbsNothing() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", HELLO));
                TestClient client = server.client()) {
            client.request("f");
            TestClient.Incoming first = client.receive();
            client.sendBytes(new byte[] {0, 4, 0}, first.from());
            client.ack(1, first.from());

            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    @Test
    void aClientEndpointNeverGetsAPortWhereItsLastTransferDallies() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", HELLO));
                TestClient client = server.client()) {
            Set<InetSocketAddress> ports = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                client.read("f");
                TransferReport report = server.report();
                ports.add(report.local());
                client.ack(1, report.local()); // late; not answered with error 5
            }
            assertThat(ports).hasSize(20);
            assertThat(server.count(TftpMeters.STRANGERS)).isZero();
        }
    }

    @Test
    void otherClientsShareTheseFewPorts() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", HELLO))) {
            Set<InetSocketAddress> ports = new HashSet<>();
            for (int i = 0; i < 40; i++) {
                try (TestClient client = server.client()) {
                    client.read("f");
                    ports.add(server.report().local());
                }
            }
            assertThat(ports).as("two event loops with four ports each").hasSizeLessThanOrEqualTo(8);
        }
    }

    @Test
    void error8AfterTheOackIsAProbe() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", HELLO));
                TestClient client = server.client()) {
            client.request("f", "tsize", "0");
            TestClient.Incoming answer = client.receive();
            assertThat(TestClient.value((OptionAck) answer.packet(), "tsize", -1))
                    .isEqualTo(HELLO.length);
            client.send(new ErrorPacket(ErrorCode.OPTIONS_REFUSED, "User aborted the transfer"), answer.from());

            assertThat(server.report().outcome()).isEqualTo(Outcome.PROBE);
        }
    }

    @Test
    void aClientThatGivesUpIsReportedWithItsReason() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", new byte[2000]));
                TestClient client = server.client()) {
            client.request("f");
            TestClient.Incoming first = client.receive();
            client.ack(1, first.from());
            client.expect(Data.class);
            client.send(new ErrorPacket(ErrorCode.DISK_FULL, "flash is full"), first.from());

            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.ABORTED_BY_CLIENT);
            assertThat(report.message()).isEqualTo("error 3: flash is full");
            assertThat(report.bytesAcknowledged()).isEqualTo(512);
        }
    }

    @Test
    void requestsBeyondTheLimitAreDroppedUntilATransferEnds() throws Exception {
        TftpSettings settings = TestServer.settings("127.0.0.1", TestServer.LATE, true, 1, Duration.ofSeconds(30));
        try (TestServer server = TestServer.start(settings, new InMemoryFiles().with("f", HELLO));
                TestClient first = server.client();
                TestClient second = server.client()) {
            first.request("f");
            TestClient.Incoming data = first.receive();
            second.request("f");
            second.request(new Ack(BlockNumber.ZERO));
            assertThat(second.receive().packet()).as("the read got no answer").isInstanceOf(ErrorPacket.class);
            assertThat(server.dropped(Verdict.BUSY)).isOne();

            first.ack(1, data.from());
            server.report();
            assertThat(second.read("f")).isEqualTo(HELLO);
            server.report();
        }
    }

    @Test
    void aStoppingServerTellsItsClients() throws Exception {
        CompletableFuture<Lookup> never = new CompletableFuture<>();
        try (TestServer server =
                        TestServer.start(new InMemoryFiles().with("f", HELLO).answering("slow", never));
                TestClient reading = server.client();
                TestClient waiting = server.client()) {
            waiting.request("slow");
            waiting.request(new Ack(BlockNumber.ZERO));
            waiting.receive(); // the lookup has begun
            reading.request("f");
            reading.expect(Data.class);
            server.stop();

            assertThat(reading.expectError().message()).isEqualTo("the server is stopping");
            assertThat(waiting.expectError().message()).isEqualTo("the server is stopping");
            assertThat(server.report().outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(server.report().outcome()).isEqualTo(Outcome.CANCELLED);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPortInUseSaysWhich(boolean nativeTransport) throws Exception {
        for (String address : List.of("127.0.0.1", "0.0.0.0", "::")) {
            TftpSettings settings =
                    TestServer.settings(address, TestServer.LATE, nativeTransport, 1, Duration.ofSeconds(30));
            try (TestServer server = TestServer.start(settings, new InMemoryFiles())) {
                TftpSettings same = TftpSettings.listeningOn(List.of(server.address()));
                assertThatThrownBy(() -> TestServer.start(same, new InMemoryFiles()))
                        .isInstanceOf(PortInUseException.class)
                        .hasMessageContaining(String.valueOf(server.address().getPort()));
            }
        }
    }

    private static CompletableFuture<Lookup> done(Lookup lookup) {
        return CompletableFuture.completedFuture(lookup);
    }

    /** Its memory may be gone: a disk that fails, a mapped page that cannot be read. */
    @Test
    void aFileThatCannotEvenBeOpenedTakesNothingWithIt() throws Exception {
        InMemoryFiles files = new InMemoryFiles().with("f", new byte[100]);
        InMemoryFiles.InMemoryFile broken = files.file("f");
        broken.breakReading();
        try (TestServer server = TestServer.start(files);
                TestClient client = server.client()) {
            client.request(new ReadRequest("f", TransferMode.NETASCII, TestClient.options("tsize", "0")));

            assertThat(client.expectError().message()).isEqualTo("the server failed");
            assertThat(server.report().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(server.active()).isZero();
        }
    }
}
