package io.tftpdc.edge.testing;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** A TFTP client as plain as can be: one block at a time, of 1428 bytes where the server agrees. */
public final class TftpFetch {
    private static final int BLOCK_SIZE = 1428;
    private static final int PATIENCE_MILLIS = 30_000;

    private TftpFetch() {}

    /** @throws IOException with the server's message when it sends an error */
    public static byte[] fetch(InetSocketAddress server, String path) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            List<TftpOption> options = List.of(new TftpOption(TftpOption.BLKSIZE, String.valueOf(BLOCK_SIZE)));
            send(socket, server, new TftpPacket.ReadRequest(path, TransferMode.OCTET, options));
            byte[] buffer = new byte[0x10000];
            long blocks = 0;
            int blockSize = 512;
            while (true) {
                DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
                socket.receive(datagram);
                ByteBuffer bytes = ByteBuffer.allocate(datagram.getLength())
                        .put(buffer, 0, datagram.getLength())
                        .flip();
                switch (TftpPacketCodec.decode(bytes)) {
                    case TftpPacket.OptionAck oack -> {
                        blockSize = oack.options().stream()
                                .filter(option -> option.canonicalName().equals(TftpOption.BLKSIZE))
                                .mapToInt(option -> Integer.parseInt(option.value()))
                                .findFirst()
                                .orElse(blockSize);
                        send(socket, datagram.getSocketAddress(), new TftpPacket.Ack(BlockNumber.of(0)));
                    }
                    case TftpPacket.Data data -> {
                        send(socket, datagram.getSocketAddress(), new TftpPacket.Ack(data.block()));
                        if (!data.block().equals(BlockNumber.of(blocks + 1))) {
                            continue; // once more, because our ACK was slow
                        }
                        blocks++;
                        byte[] block = new byte[data.payload().remaining()];
                        data.payload().duplicate().get(block);
                        content.writeBytes(block);
                        if (block.length < blockSize) {
                            return content.toByteArray();
                        }
                    }
                    case TftpPacket.ErrorPacket error -> throw new IOException(error.message());
                    case Object other -> throw new IOException("unexpected " + other);
                }
            }
        }
    }

    private static void send(DatagramSocket socket, SocketAddress to, TftpPacket packet) throws IOException {
        ByteBuffer encoded = TftpPacketCodec.encode(packet);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }
}
