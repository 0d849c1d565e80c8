package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.launcher.SmallTftpRead.Answer;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SmallTftpReadTest {

    @Test
    void aFileOfOneBlockIsReadAndAcknowledgedToThePortThatSentIt() throws Exception {
        byte[] hello = "hello\n".getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket listener = socket();
                DatagramSocket transfer = socket()) {
            CompletableFuture<byte[]> acknowledged = CompletableFuture.supplyAsync(() -> {
                answer(listener, transfer, new TftpPacket.Data(new BlockNumber(1), ByteBuffer.wrap(hello)));
                return receive(transfer);
            });

            Answer answer = SmallTftpRead.read(addressOf(listener), "hello.txt", Duration.ofSeconds(10));

            assertThat(answer).isInstanceOfSatisfying(Answer.Content.class, content -> assertThat(content.bytes())
                    .isEqualTo(hello));
            assertThat(acknowledged.get()).containsExactly(0, 4, 0, 1);
        }
    }

    @Test
    void aFileThatIsNotThereIsAnAnswerToo() throws Exception {
        try (DatagramSocket listener = socket()) {
            CompletableFuture<Void> server = CompletableFuture.runAsync(
                    () -> answer(listener, listener, new TftpPacket.ErrorPacket(ErrorCode.FILE_NOT_FOUND, "no")));

            Answer answer = SmallTftpRead.read(addressOf(listener), "hello.txt", Duration.ofSeconds(10));

            assertThat(answer).isEqualTo(new Answer.Absent());
            server.get();
        }
    }

    @Test
    void silenceIsAFailure() throws Exception {
        try (DatagramSocket silent = socket()) {
            assertThat(SmallTftpRead.read(addressOf(silent), "hello.txt", Duration.ofMillis(50)))
                    .isInstanceOf(Answer.Failed.class);
        }
    }

    private static DatagramSocket socket() throws java.net.SocketException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static InetSocketAddress addressOf(DatagramSocket socket) {
        return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
    }

    private static void answer(DatagramSocket listener, DatagramSocket from, TftpPacket packet) {
        try {
            DatagramPacket request = new DatagramPacket(new byte[600], 600);
            listener.receive(request);
            ByteBuffer bytes = TftpPacketCodec.encode(packet);
            from.send(new DatagramPacket(bytes.array(), bytes.remaining(), request.getSocketAddress()));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] receive(DatagramSocket socket) {
        try {
            DatagramPacket datagram = new DatagramPacket(new byte[600], 600);
            socket.receive(datagram);
            return java.util.Arrays.copyOf(datagram.getData(), datagram.getLength());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
