package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TransferMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads over real sockets on loopback. */
@ExtendWith(NoLeaks.class)
class ReadFilesTest {

    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        "true, 0", "true, 1", "true, 511", "true, 512", "true, 513", "true, 1048576",
        "false, 0", "false, 1", "false, 511", "false, 512", "false, 513", "false, 1048576",
    })
    void anyFileArrivesWhole(boolean nativeTransport, int size) throws Exception {
        byte[] content = bytes(size);
        TftpSettings settings =
                TestServer.settings("127.0.0.1", TestServer.LATE, nativeTransport, 100, Duration.ofSeconds(30));
        try (TestServer server = TestServer.start(settings, new InMemoryFiles().with("boot/x", content));
                TestClient client = server.client()) {
            assertThat(client.read("boot/x")).isEqualTo(content);

            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(report.bytesAcknowledged()).isEqualTo(size);
            assertThat(report.retransmittedPackets()).isZero();
            assertThat(report.options()).isEmpty();
            assertThat(server.count(TftpMeters.BYTES)).isEqualTo(size);
        }
    }

    @ParameterizedTest
    @CsvSource({"512, 1", "1428, 1", "1428, 16", "8192, 64", "65464, 3", "8, 2"})
    void blocksAndWindowsOfAnySizeArriveWhole(int blockSize, int windowSize) throws Exception {
        byte[] content = bytes(blockSize == 8 ? 5_000 : MIB + 77);
        try (TestServer server = TestServer.start(new InMemoryFiles().with("boot/x", content));
                TestClient client = server.client()) {
            byte[] read = client.read("boot/x", "blksize", "" + blockSize, "windowsize", "" + windowSize);

            assertThat(Arrays.equals(read, content)).isTrue();
            TransferReport report = server.report();
            assertThat(report.blockSize()).isEqualTo(blockSize);
            assertThat(report.windowSize()).isEqualTo(windowSize);
            assertThat(report.options()).isEqualTo(Map.of("blksize", "" + blockSize, "windowsize", "" + windowSize));
        }
    }

    /** Counting a large file, or one that is not here, would hold up everybody else. */
    @Test
    void aLargeFileIsTranslatedWithoutSayingItsSizeBefore() throws Exception {
        String text = "twenty bytes a line\n".repeat(100_000);
        try (TestServer server =
                        TestServer.start(new InMemoryFiles().with("t", text.getBytes(StandardCharsets.US_ASCII)));
                TestClient client = server.client()) {
            ReadRequest request = new ReadRequest(
                    "t", TransferMode.NETASCII, TestClient.options("tsize", "0", "blksize", "1428", "windowsize", "8"));

            assertThat(client.read(request)).hasSize(text.length() + 100_000);

            assertThat(server.report().options()).isEqualTo(Map.of("blksize", "1428", "windowsize", "8"));
        }
    }

    @Test
    void moreBlocksThanABlockNumberCanCountArriveWhole() throws Exception {
        byte[] content = bytes(33 * MIB + 5);
        try (TestServer server = TestServer.start(new InMemoryFiles().with("big", content));
                TestClient client = server.client()) {
            byte[] read = client.read("big", "blksize", "512", "windowsize", "32");

            assertThat(Arrays.equals(read, content)).isTrue();
            assertThat(server.report().bytesAcknowledged()).isEqualTo(content.length);
        }
    }

    @Test
    void everyOptionIsNegotiatedInTheSpellingOfTheClient() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("f", bytes(5000)));
                TestClient client = server.client()) {
            client.request("f", "TSIZE", "0", "blksize", "1024", "timeout", "7", "multicast", "");
            TestClient.Incoming answer = client.receive();

            assertThat(((OptionAck) answer.packet()).options())
                    .containsExactly(
                            new TftpOption("TSIZE", "5000"),
                            new TftpOption("blksize", "1024"),
                            new TftpOption("timeout", "7"));
            client.finish(answer, new ByteArrayOutputStream(), 0);
            assertThat(server.report().options()).isEqualTo(Map.of("tsize", "5000", "blksize", "1024", "timeout", "7"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300, 20_000})
    void netasciiIsTranslatedWithAnyWindow(int lines) throws Exception {
        String text = "a line\nand\r another\n\n".repeat(lines);
        String expected = text.replace("\r", "\r\0").replace("\n", "\r\n");
        try (TestServer server =
                        TestServer.start(new InMemoryFiles().with("t", text.getBytes(StandardCharsets.US_ASCII)));
                TestClient client = server.client()) {
            for (String windowSize : new String[] {"1", "5"}) {
                ReadRequest request = new ReadRequest(
                        "t", TransferMode.NETASCII, TestClient.options("tsize", "0", "windowsize", windowSize));
                assertThat(new String(client.read(request), StandardCharsets.US_ASCII))
                        .isEqualTo(expected);

                TransferReport report = server.report();
                assertThat(report.options())
                        .isEqualTo(Map.of("windowsize", windowSize, "tsize", "" + expected.length()));
                assertThat(report.bytesAcknowledged()).isEqualTo(expected.length());
            }
        }
    }

    /** The first window is acknowledged only in part, so the translation goes back to the block after. */
    @Test
    void aNetasciiWindowCanBeSentAgain() throws Exception {
        String text = "x\n".repeat(2_000);
        try (TestServer server =
                        TestServer.start(new InMemoryFiles().with("t", text.getBytes(StandardCharsets.US_ASCII)));
                TestClient client = server.client()) {
            client.request(new ReadRequest("t", TransferMode.NETASCII, TestClient.options("windowsize", "4")));
            TestClient.Incoming oack = client.receive();
            client.ack(0, oack.from());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Data first = client.expect(Data.class);
            bytes.writeBytes(TestClient.payload(first));
            for (int i = 0; i < 3; i++) {
                client.expect(Data.class); // lost, let us say
            }
            client.ack(1, oack.from());
            // The client has one block, and from here counts a window of four again.
            for (int i = 0; i < 4; i++) {
                Data data = client.expect(Data.class);
                assertThat(data.block().value()).isEqualTo(2 + i);
                bytes.writeBytes(TestClient.payload(data));
            }
            client.ack(5, oack.from());
            byte[] all = readWindowsOfFour(client, bytes, 5, oack.from());

            assertThat(new String(all, StandardCharsets.US_ASCII)).isEqualTo(text.replace("\n", "\r\n"));
            assertThat(server.report().retransmittedPackets()).isEqualTo(3);
        }
    }

    private static byte[] readWindowsOfFour(
            TestClient client, ByteArrayOutputStream bytes, int blocks, InetSocketAddress from) throws IOException {
        while (true) {
            Data data = client.expect(Data.class);
            blocks++;
            assertThat(data.block().value()).isEqualTo(blocks);
            int length = data.payload().remaining();
            bytes.writeBytes(TestClient.payload(data));
            if (length < 512 || (blocks - 5) % 4 == 0) {
                client.ack(blocks, from);
            }
            if (length < 512) {
                return bytes.toByteArray();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ipv6ClientsAreServed(boolean nativeTransport) throws Exception {
        byte[] content = bytes(3000);
        TftpSettings settings =
                TestServer.settings("::1", TestServer.LATE, nativeTransport, 100, Duration.ofSeconds(30));
        try (TestServer server = TestServer.start(settings, new InMemoryFiles().with("f", content));
                TestClient client = server.client()) {
            assertThat(client.read("f", "blksize", "1448")).isEqualTo(content);
            assertThat(server.report().client().getAddress().isLoopbackAddress())
                    .isTrue();
        }
    }

    /** 127.0.0.7 is no address of an interface, so only epoll, where the kernel tells, can know that it was called. */
    @ParameterizedTest
    @CsvSource({
        "true, 0.0.0.0, 127.0.0.1",
        "true, 0.0.0.0, 127.0.0.7",
        "true, ::, 127.0.0.1",
        "true, ::, 127.0.0.7",
        "true, ::, ::1",
        "false, 0.0.0.0, 127.0.0.1",
        "false, ::, 127.0.0.1",
        "false, ::, ::1",
    })
    void aWildcardListenerAnswersFromTheAddressThatWasCalled(boolean nativeTransport, String wildcard, String called)
            throws Exception {
        TftpSettings settings =
                TestServer.settings(wildcard, TestServer.LATE, nativeTransport, 100, Duration.ofSeconds(30));
        try (TestServer server = TestServer.start(settings, new InMemoryFiles().with("f", bytes(10)));
                TestClient client = new TestClient(
                        new InetSocketAddress(called, server.address().getPort()))) {
            client.request("f");
            TestClient.Incoming data = client.receive();

            assertThat(data.from().getAddress()).isEqualTo(new InetSocketAddress(called, 0).getAddress());
            assertThat(data.from().getPort()).isNotEqualTo(server.address().getPort());
            client.ack(1, data.from());
            assertThat(server.report().local()).isEqualTo(data.from());
        }
    }

    @Test
    void aSlowClientIsSentItsBlockAgainAndThenFinishes() throws Exception {
        byte[] content = bytes(1200);
        try (TestServer server = TestServer.start(
                        TestServer.settings("127.0.0.1", TestServer.EARLY), new InMemoryFiles().with("f", content));
                TestClient client = server.client()) {
            client.request("f");
            TestClient.Incoming first = client.receive();
            TestClient.Incoming again = client.receive();

            assertThat(again).isEqualTo(first);
            assertThat(client.finish(again, new ByteArrayOutputStream(), 0)).isEqualTo(content);
            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(report.retransmittedPackets()).isPositive();
            assertThat(server.count(TftpMeters.RETRANSMISSIONS)).isEqualTo((double) report.retransmittedPackets());
        }
    }

    @Test
    void aClientThatGoesSilentIsReaped() throws Exception {
        try (TestServer server = TestServer.start(
                        TestServer.settings("127.0.0.1", TestServer.EARLY), new InMemoryFiles().with("f", bytes(10)));
                TestClient client = server.client()) {
            client.request("f");

            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(report.bytesAcknowledged()).isZero();
            assertThat(report.retransmittedPackets()).isEqualTo(3);
            assertThat(server.active()).isZero();
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
