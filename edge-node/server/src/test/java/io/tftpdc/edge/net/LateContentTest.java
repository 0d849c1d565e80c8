package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TransferMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Content that is fetched while the client waits. */
@ExtendWith(NoLeaks.class)
class LateContentTest {

    private static final byte[] CONTENT = new byte[5000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    @Test
    void aTransferWaitsForItsFirstBlock() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().withLate("f", CONTENT, 0));
                TestClient client = server.client()) {
            client.request("f");
            client.request("f"); // impatient; one transfer all the same
            roundTrip(client);
            server.files.file("f").arrive();

            assertThat(client.finish(client.receive(), new ByteArrayOutputStream(), 0))
                    .isEqualTo(CONTENT);
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(server.files.asked).hasSize(1);
        }
    }

    /** Where a block begins in the file is not known before the one before it was translated. */
    @Test
    void aTranslatedFileWaitsInTheMiddleOfAWindow() throws Exception {
        String text = "a line\n".repeat(1000);
        try (TestServer server = TestServer.start(
                        new InMemoryFiles().withLate("f", text.getBytes(StandardCharsets.US_ASCII), 3000));
                TestClient client = server.client()) {
            client.request(new ReadRequest("f", TransferMode.NETASCII, TestClient.options("windowsize", "4")));
            TestClient.Incoming oack = client.receive();
            roundTrip(client);
            server.files.file("f").arrive();

            assertThat(new String(client.finish(oack, new ByteArrayOutputStream(), 0), StandardCharsets.US_ASCII))
                    .isEqualTo(text.replace("\n", "\r\n"));
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    @Test
    void aTransferWaitsInTheMiddleOfAWindowAndBearsRepeatedAcks() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().withLate("f", CONTENT, 2500));
                TestClient client = server.client()) {
            client.request("f", "windowsize", "4");
            TestClient.Incoming oack = client.receive();
            client.ack(0, oack.from());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < 4; i++) {
                Data data = client.expect(Data.class);
                bytes.writeBytes(TestClient.payload(data));
            }
            client.ack(4, oack.from()); // block 5 would end at 2560
            client.ack(4, oack.from());
            client.ack(4, oack.from());
            roundTrip(client);
            server.files.file("f").arrive();

            for (int block = 5; block <= 8; block++) {
                Data data = client.expect(Data.class);
                assertThat(data.block().value()).isEqualTo(block);
                bytes.writeBytes(TestClient.payload(data));
            }
            client.ack(8, oack.from());
            Data ninth = client.expect(Data.class);
            bytes.writeBytes(TestClient.payload(ninth));
            Data last = client.expect(Data.class);
            bytes.writeBytes(TestClient.payload(last));
            client.ack(10, oack.from());
            assertThat(bytes.toByteArray()).isEqualTo(CONTENT);
            assertThat(server.report().retransmittedPackets()).isZero();
        }
    }

    @Test
    void theFirstBlockIsFetchedWhileTheOackTravels() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().withLate("f", CONTENT, 0));
                TestClient client = server.client()) {
            client.request("f", "tsize", "0");
            TestClient.Incoming oack = client.receive();
            assertThat(server.files.file("f").loads).hasValue(1);
            client.send(new ErrorPacket(ErrorCode.OPTIONS_REFUSED, ""), oack.from());
            assertThat(server.report().outcome()).isEqualTo(Outcome.PROBE);
            server.files.file("f").arrive();
        }
    }

    @Test
    void contentThatCannotBeHadIsError0WithItsReason() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().withLate("f", CONTENT, 512));
                TestClient client = server.client()) {
            client.request("f");
            TestClient.Incoming first = client.receive();
            client.ack(1, first.from());
            server.files.file("f").fail(new IOException("chunk 1 of 2 is nowhere; publish the file again"));

            assertThat(client.expectError())
                    .isEqualTo(
                            new ErrorPacket(ErrorCode.NOT_DEFINED, "chunk 1 of 2 is nowhere; publish the file again"));
            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(report.message()).contains("publish the file again");
            assertThat(report.bytesAcknowledged()).isEqualTo(512);
        }
    }

    @Test
    void contentThatNeverComesIsGivenUp() throws Exception {
        TftpSettings settings = TestServer.settings("127.0.0.1", TestServer.LATE, true, 100, Duration.ofMillis(50));
        try (TestServer server = TestServer.start(settings, new InMemoryFiles().withLate("f", CONTENT, 0));
                TestClient client = server.client()) {
            client.request("f");

            assertThat(client.expectError().message()).startsWith("the content did not arrive within");
            assertThat(server.report().outcome()).isEqualTo(Outcome.FAILED);
            server.files.file("f").arrive(); // too late, and nobody minds
        }
    }

    @Test
    void aClientThatGivesUpWaitingEndsTheTransfer() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().withLate("f", CONTENT, 512));
                TestClient client = server.client()) {
            client.request("f");
            TestClient.Incoming first = client.receive();
            client.ack(1, first.from());
            client.send(new ErrorPacket(ErrorCode.NOT_DEFINED, "too slow"), first.from());

            assertThat(server.report().outcome()).isEqualTo(Outcome.ABORTED_BY_CLIENT);
            server.files.file("f").arrive();
        }
    }

    /**
     * When this returns, the client's event loop has handled everything that was sent to it before. After the first answer
     * that holds for the listener; what lay in another socket is handled in the same round of the loop, thus before the
     * second.
     */
    private static void roundTrip(TestClient client) throws IOException {
        for (int i = 0; i < 2; i++) {
            client.request(new Ack(BlockNumber.ZERO));
            assertThat(client.receive().packet()).isInstanceOfAny(ErrorPacket.class, OptionAck.class);
        }
    }
}
