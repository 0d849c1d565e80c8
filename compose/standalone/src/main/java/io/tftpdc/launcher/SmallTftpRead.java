package io.tftpdc.launcher;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.Decoded;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * Reads a file of less than one block (512 bytes, RFC 1350) over TFTP, to see whether serving works.
 *
 * <pre>
 *   RRQ name, octet ─►
 *                   ◄─ DATA 1 (the whole file)
 *             ACK 1 ─►
 * </pre>
 */
public final class SmallTftpRead {

    private static final int BLOCK = 512;
    private static final int DATAGRAM = TftpPacketCodec.DATA_HEADER_BYTES + BLOCK;

    private SmallTftpRead() {}

    /** What came back. */
    public sealed interface Answer {
        /** The file; shorter than one block. */
        record Content(byte[] bytes) implements Answer {}

        /** The server answers, and has no such file. */
        record Absent() implements Answer {}

        /** Nothing, or nothing of use. */
        record Failed(String reason) implements Answer {}
    }

    public static Answer read(InetSocketAddress server, String name, Duration patience) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout((int) patience.toMillis());
            send(socket, server, new TftpPacket.ReadRequest(name, TransferMode.OCTET, List.of()));
            DatagramPacket datagram = new DatagramPacket(new byte[DATAGRAM], DATAGRAM);
            socket.receive(datagram);
            Decoded decoded = TftpPacketCodec.decode(ByteBuffer.wrap(datagram.getData(), 0, datagram.getLength()));
            return switch (decoded) {
                case TftpPacket.Data data -> {
                    byte[] bytes = new byte[data.payload().remaining()];
                    data.payload().get(bytes);
                    send(socket, datagram.getSocketAddress(), new TftpPacket.Ack(new BlockNumber(1)));
                    yield bytes.length < BLOCK
                            ? new Answer.Content(bytes)
                            : new Answer.Failed("the file is larger than a block");
                }
                case TftpPacket.ErrorPacket error ->
                    error.code().equals(ErrorCode.FILE_NOT_FOUND)
                            ? new Answer.Absent()
                            : new Answer.Failed("error " + error.code().value() + ", " + error.message());
                default -> new Answer.Failed("an unexpected packet, " + decoded);
            };
        } catch (SocketTimeoutException e) {
            return new Answer.Failed("no answer within " + patience.toMillis() + " ms");
        }
    }

    private static void send(DatagramSocket socket, SocketAddress to, TftpPacket packet) throws IOException {
        ByteBuffer bytes = TftpPacketCodec.encode(packet);
        socket.send(new DatagramPacket(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining(), to));
    }
}
