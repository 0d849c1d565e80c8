package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.net.TestClient.Incoming;
import io.tftpdc.edge.policy.Verdict;
import io.tftpdc.edge.testing.TftpStore;
import io.tftpdc.edge.upload.UploadResult.Refused;
import io.tftpdc.edge.upload.Uploads.Opening;
import io.tftpdc.event.Sha256;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads over real sockets on loopback, into a store that the test controls. */
@ExtendWith(NoLeaks.class)
class WriteFilesTest {

    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        "true, 0", "true, 1", "true, 511", "true, 512", "true, 513", "true, 1048576",
        "false, 0", "false, 1", "false, 511", "false, 512", "false, 513", "false, 1048576",
    })
    void anyFileArrivesWhole(boolean nativeTransport, int size) throws Exception {
        byte[] content = bytes(size);
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(nativeTransport), uploads)) {
            TftpStore.PLAIN.with(512, 1).withoutSize().store(server.address(), "backup/x", content);

            assertThat(uploads.sink().content()).isEqualTo(content);
            TransferReport report = server.report();
            assertThat(report.operation()).isEqualTo(Operation.WRITE);
            assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(report.bytesAcknowledged()).isEqualTo(size);
            assertThat(report.sha256Hex()).isEqualTo(Sha256.of(content).hex());
            assertThat(report.path()).isEqualTo("backup/x");
            assertThat(report.options()).isEmpty();
            assertThat(server.count(TftpMeters.RECEIVED)).isEqualTo(size);
            assertThat(server.active()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, 512, 1",
        "true, 1428, 16",
        "true, 8192, 64",
        "true, 65464, 3",
        "true, 8, 2",
        "false, 1428, 16",
        "false, 65464, 3",
    })
    void blocksAndWindowsOfAnySizeArriveWhole(boolean nativeTransport, int blockSize, int windowSize) throws Exception {
        byte[] content = bytes(blockSize == 8 ? 5_000 : MIB + 77);
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(nativeTransport), uploads)) {
            TftpStore.PLAIN.with(blockSize, windowSize).store(server.address(), "backup/x", content);

            FakeUploads.Sink sink = uploads.sink();
            assertThat(sink.content()).isEqualTo(content);
            assertThat(sink.announced).isEqualTo(OptionalLong.of(content.length));
            TransferReport report = server.report();
            assertThat(report.blockSize()).isEqualTo(blockSize);
            assertThat(report.windowSize()).isEqualTo(windowSize);
        }
    }

    @Test
    void moreBlocksThanABlockNumberCanCountArriveWhole() throws Exception {
        byte[] content = bytes(33 * MIB + 5);
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(true), uploads)) {
            TftpStore.PLAIN.with(512, 32).store(server.address(), "big", content);

            assertThat(uploads.sink().content()).isEqualTo(content);
        }
    }

    @Test
    void optionsAreAnsweredAsAskedAndSizeIsEchoed() throws Exception {
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client()) {
            client.request(request("x", "blksize", "1000", "tsize", "3", "unknown", "1"));

            Incoming oack = client.receive();

            assertThat(oack.packet()).isEqualTo(new OptionAck(TestClient.options("blksize", "1000", "tsize", "3")));
            data(client, 1, "abc", oack.from());
            assertThat(client.receive().packet()).isEqualTo(new Ack(new BlockNumber(1)));
            assertThat(server.report().options()).isEqualTo(Map.of("blksize", "1000", "tsize", "3"));
        }
    }

    @Test
    void aSizeOfZeroIsWhatClientsSendThatDoNotKnow() throws Exception {
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client()) {
            client.request(request("x", "tsize", "0"));

            Incoming oack = client.receive();

            assertThat(oack.packet()).isEqualTo(new OptionAck(TestClient.options("tsize", "0")));
            assertThat(uploads.sink().announced).isEmpty();
            data(client, 1, "abc", oack.from());
            assertThat(client.receive().packet()).isEqualTo(new Ack(new BlockNumber(1)));
        }
    }

    @Test
    void windowsAreNoLargerThanCanBeTakenAtOnce() {
        assertThat(UploadStarter.terms(
                                TestClient.options("windowsize", "64", "blksize", "65464"), NegotiationPolicy.DEFAULT)
                        .windowSize())
                .isEqualTo(16);
        assertThat(UploadStarter.terms(
                                TestClient.options("windowsize", "64", "blksize", "1428"), NegotiationPolicy.DEFAULT)
                        .windowSize())
                .isEqualTo(64);
    }

    /**
     * <pre>
     * client              server                store
     *   | WRQ  ---------->  |                     |
     *   | <----------  ACK 0|                     |
     *   | DATA 1 -------->  |  commit  ------->   |
     *   | DATA 1 -------->  |  (nothing)          |
     *   |                   |  <-------  stored   |
     *   | <----------  ACK 1|                     |
     *   | DATA 1 -------->  |  (that ACK was lost)|
     *   | <----------  ACK 1|                     |
     * </pre>
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLastAckWaitsForTheStoreAndIsRepeatedToOneWhoDidNotHearIt(boolean nativeTransport) throws Exception {
        FakeUploads uploads = FakeUploads.waiting();
        try (TestServer server = TestServer.start(settings(nativeTransport), uploads);
                TestClient client = server.client()) {
            InetSocketAddress port = begin(client, "x");
            data(client, 1, "abc", port);
            FakeUploads.Sink sink = uploads.sink();
            sink.committed.get(TestClient.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            data(client, 1, "abc", port);
            assertThat(server.nothingReported()).isTrue();

            sink.store();

            assertThat(client.receive().packet()).isEqualTo(new Ack(new BlockNumber(1)));
            assertThat(sink.content()).isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
            assertThat(server.report().outcome()).isEqualTo(Outcome.COMPLETED);
            data(client, 1, "abc", port);
            assertThat(client.receive().packet()).isEqualTo(new Ack(new BlockNumber(1)));
            assertThat(uploads.noneBegan()).isTrue();
            assertThat(server.nothingReported()).isTrue();
        }
    }

    @Test
    void aRepeatedRequestContinuesTheSameUpload() throws Exception {
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client()) {
            InetSocketAddress port = begin(client, "x");

            client.request(request("x"));

            Incoming again = client.receive();
            assertThat(again.packet()).isEqualTo(new Ack(BlockNumber.ZERO));
            assertThat(again.from()).isEqualTo(port);
            data(client, 1, "abc", port);
            assertThat(client.receive().packet()).isEqualTo(new Ack(new BlockNumber(1)));
            uploads.sink();
            assertThat(uploads.noneBegan()).isTrue();
        }
    }

    @Test
    void oneWhoHasUploadedAFileMayUploadItAgain() throws Exception {
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client()) {
            InetSocketAddress first = begin(client, "x");
            data(client, 1, "abc", first);
            client.expect(Ack.class);

            InetSocketAddress second = begin(client, "x");
            data(client, 1, "defg", second);

            client.expect(Ack.class);
            assertThat(second).isNotEqualTo(first);
            assertThat(uploads.sink().content()).hasSize(3);
            assertThat(uploads.sink().content()).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileThereIsNoRoomTheAckWaitsAndRepeatsAreNotStoredTwice(boolean nativeTransport) throws Exception {
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(nativeTransport), uploads);
                TestClient client = server.client()) {
            InetSocketAddress port = begin(client, "x");
            FakeUploads.Sink sink = uploads.sink();
            sink.full(true);
            data(client, 1, "a".repeat(512), port);
            while (!sink.holdsBack()) {
                Thread.onSpinWait();
            }
            data(client, 1, "a".repeat(512), port);

            sink.full(false);

            assertThat(client.receive().packet()).isEqualTo(new Ack(new BlockNumber(1)));
            data(client, 2, "b", port);
            assertThat(client.receive().packet()).isEqualTo(new Ack(new BlockNumber(2)));
            assertThat(new String(sink.content(), StandardCharsets.US_ASCII)).isEqualTo("a".repeat(512) + "b");
        }
    }

    @Test
    void whenThereIsNoRoomForTooLongTheUploadFails() throws Exception {
        FakeUploads uploads = FakeUploads.waiting();
        TftpSettings impatient = TestServer.settings("127.0.0.1", TestServer.LATE, true, 100, Duration.ofMillis(50));
        try (TestServer server = TestServer.start(impatient, uploads);
                TestClient client = server.client()) {
            InetSocketAddress port = begin(client, "x");
            FakeUploads.Sink sink = uploads.sink();
            sink.full(true);

            data(client, 1, "a".repeat(512), port);

            assertThat(client.expectError().message()).contains("could not be stored within");
            assertThat(server.report().outcome()).isEqualTo(Outcome.UNAVAILABLE);
            assertThat(sink.aborted).isCompleted();
        }
    }

    @Test
    void whatTheStoreRefusesInTheMiddleIsToldAndGivenUp() throws Exception {
        FakeUploads uploads = FakeUploads.waiting();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client()) {
            InetSocketAddress port = begin(client, "x");
            FakeUploads.Sink sink = uploads.sink();
            sink.fail(new Refused(ErrorCode.DISK_FULL, "no room for more", Outcome.REFUSED));

            data(client, 1, "a".repeat(512), port);

            assertThat(client.receive().packet()).isEqualTo(new ErrorPacket(ErrorCode.DISK_FULL, "no room for more"));
            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(report.message()).isEqualTo("no room for more");
            assertThat(report.sha256Hex()).isEmpty();
            assertThat(sink.aborted).isCompleted();
        }
    }

    @Test
    void whatTheStoreRefusesAtTheEndIsToldInsteadOfTheLastAck() throws Exception {
        FakeUploads uploads = FakeUploads.waiting();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client()) {
            InetSocketAddress port = begin(client, "x");
            data(client, 1, "abc", port);

            uploads.sink().refuse(new Refused(ErrorCode.NOT_DEFINED, "Kafka is away", Outcome.UNAVAILABLE));

            assertThat(client.receive().packet()).isEqualTo(new ErrorPacket(ErrorCode.NOT_DEFINED, "Kafka is away"));
            assertThat(server.report().outcome()).isEqualTo(Outcome.UNAVAILABLE);
        }
    }

    @Test
    void aClientThatGivesUpLeavesNothing() throws Exception {
        FakeUploads uploads = FakeUploads.waiting();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client()) {
            InetSocketAddress port = begin(client, "x");
            data(client, 1, "a".repeat(512), port);
            client.expect(Ack.class);

            client.send(ErrorPacket.of(ErrorCode.NOT_DEFINED, "changed my mind"), port);

            uploads.sink().aborted.get(TestClient.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.ABORTED_BY_CLIENT);
            assertThat(report.message()).contains("changed my mind");
        }
    }

    @Test
    void aClientThatFallsSilentIsGivenUp() throws Exception {
        FakeUploads uploads = FakeUploads.waiting();
        try (TestServer server = TestServer.start(TestServer.settings("127.0.0.1", TestServer.EARLY), uploads);
                TestClient client = server.client()) {
            begin(client, "x");

            uploads.sink().aborted.get(TestClient.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);

            assertThat(server.report().outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(server.active()).isZero();
        }
    }

    @Test
    void aStrangersPacketGetsAnErrorAndDisturbsNothing() throws Exception {
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client();
                TestClient stranger = server.client()) {
            InetSocketAddress port = begin(client, "x");

            data(stranger, 1, "evil", port);

            assertThat(stranger.expectError().code()).isEqualTo(ErrorCode.UNKNOWN_TRANSFER_ID);
            data(client, 1, "good", port);
            client.expect(Ack.class);
            assertThat(uploads.sink().content()).isEqualTo("good".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void netasciiIsTranslatedAcrossBlocks() throws Exception {
        FakeUploads uploads = FakeUploads.storing();
        String travelling = "a".repeat(511) + "\r" + "\n" + "b\r\0c\r\n" + "d\r";
        try (TestServer server = TestServer.start(settings(true), uploads)) {
            TftpStore.PLAIN
                    .with(512, 1)
                    .in(TransferMode.NETASCII)
                    .store(server.address(), "x", travelling.getBytes(StandardCharsets.US_ASCII));

            FakeUploads.Sink sink = uploads.sink();
            assertThat(new String(sink.content(), StandardCharsets.US_ASCII))
                    .isEqualTo("a".repeat(511) + "\nb\rc\nd\r");
            assertThat(sink.announced)
                    .as("of netascii, tsize says nothing about the content")
                    .isEmpty();
            assertThat(server.report().bytesAcknowledged()).isEqualTo(travelling.length());
        }
    }

    @Test
    void whatIsNotPermittedIsRefusedWithTheReason() throws Exception {
        Opening no = new Opening.Refused(new Refused(ErrorCode.FILE_EXISTS, "it is there already", Outcome.REFUSED));
        try (TestServer server = TestServer.start(settings(true), FakeUploads.answering(no))) {
            assertThatThrownBy(() -> TftpStore.PLAIN.store(server.address(), "x", bytes(1)))
                    .isInstanceOfSatisfying(TftpStore.RefusedException.class, refused -> assertThat(refused.code())
                            .isEqualTo(6))
                    .hasMessage("it is there already");

            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(report.operation()).isEqualTo(Operation.WRITE);
            assertThat(report.tenant()).isEqualTo("default");
        }
    }

    @Test
    void withoutRulesUploadsAreRefusedWithTheFix() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles())) {
            assertThatThrownBy(() -> TftpStore.PLAIN.store(server.address(), "x", bytes(1)))
                    .isInstanceOfSatisfying(TftpStore.RefusedException.class, refused -> assertThat(refused.code())
                            .isEqualTo(2))
                    .hasMessageContaining("uploads.rules");
        }
    }

    @Test
    void aRequestThatFindsNoRoomIsNotAnswered() throws Exception {
        try (TestServer server = TestServer.start(settings(true), FakeUploads.answering(new Opening.Busy()))) {
            assertThatThrownBy(() -> TftpStore.PLAIN.patient(20, 2).store(server.address(), "x", bytes(1)))
                    .isInstanceOf(SocketTimeoutException.class);

            assertThat(server.dropped(Verdict.BUSY)).isPositive();
            assertThat(server.nothingReported()).isTrue();
        }
    }

    @Test
    void aServerThatStopsTellsItsClientsAndStoresNothing() throws Exception {
        FakeUploads uploads = FakeUploads.waiting();
        try (TestServer server = TestServer.start(settings(true), uploads);
                TestClient client = server.client()) {
            begin(client, "x");

            server.stop();

            assertThat(client.expectError().message()).contains("stopping");
            assertThat(uploads.sink().aborted).isCompleted();
            assertThat(server.report().outcome()).isEqualTo(Outcome.CANCELLED);
        }
    }

    private static TftpSettings settings(boolean nativeTransport) {
        return TestServer.settings("127.0.0.1", TestServer.LATE, nativeTransport, 100, Duration.ofSeconds(30));
    }

    private static WriteRequest request(String path, String... options) {
        return new WriteRequest(path, TransferMode.OCTET, TestClient.options(options));
    }

    /** Asks, without options, and returns where the answer came from. */
    private static InetSocketAddress begin(TestClient client, String path) throws IOException {
        client.request(request(path));
        Incoming first = client.receive();
        assertThat(first.packet()).isEqualTo(new Ack(BlockNumber.ZERO));
        return first.from();
    }

    private static void data(TestClient client, int block, String content, InetSocketAddress to) throws IOException {
        TftpPacket packet =
                new Data(new BlockNumber(block), ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)));
        client.send(packet, to);
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
