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
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TFTP client as plain as can be: one block at a time, of 1428 bytes where the server agrees. What is not answered it
 * sends again, as every client does: a datagram may be lost on loopback too.
 */
public final class TftpFetch {
    private static final int ASKED_BLOCK_SIZE = 1428;
    private static final int DEFAULT_BLOCK_SIZE = 512;
    private static final int RETRANSMIT_MILLIS = 1_000;
    /** Longer than an edge node waits for content, so that its reason is heard. */
    private static final int TRIES = 40;

    private final DatagramSocket socket;
    private final InetSocketAddress server;
    private final String path;
    private final DatagramPacket received = new DatagramPacket(new byte[0x10000], 0x10000);
    private @Nullable SocketAddress peer;
    private DatagramPacket unanswered;
    private int blockSize = DEFAULT_BLOCK_SIZE;
    private long blocks;

    private TftpFetch(DatagramSocket socket, InetSocketAddress server, String path) {
        this.socket = socket;
        this.server = server;
        this.path = path;
        List<TftpOption> options = List.of(new TftpOption(TftpOption.BLKSIZE, String.valueOf(ASKED_BLOCK_SIZE)));
        unanswered = datagram(server, new TftpPacket.ReadRequest(path, TransferMode.OCTET, options));
    }

    /** @throws IOException with the server's message when it sends an error, or with how far it got */
    public static byte[] fetch(InetSocketAddress server, String path) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(RETRANSMIT_MILLIS);
            return new TftpFetch(socket, server, path).run();
        }
    }

    private byte[] run() throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        socket.send(unanswered);
        while (true) {
            switch (TftpPacketCodec.decode(receive())) {
                case TftpPacket.OptionAck oack
                when blocks == 0 -> {
                    blockSize = oack.options().stream()
                            .filter(option -> option.canonicalName().equals(TftpOption.BLKSIZE))
                            .mapToInt(option -> Integer.parseInt(option.value()))
                            .findFirst()
                            .orElse(blockSize);
                    acknowledge(0);
                }
                case TftpPacket.Data data
                when data.block().equals(BlockNumber.of(blocks + 1)) -> {
                    acknowledge(++blocks);
                    byte[] block = new byte[data.payload().remaining()];
                    data.payload().get(block);
                    content.writeBytes(block);
                    if (block.length < blockSize) {
                        return content.toByteArray();
                    }
                }
                // Once more, because our ACK was slow or lost. RFC 1123 section 4.2.3.1 has the timer answer that.
                case TftpPacket.Data again -> {}
                case TftpPacket.OptionAck again -> {}
                case TftpPacket.ErrorPacket error -> throw new IOException(error.message());
                case Object other -> throw new IOException("unexpected " + other);
            }
        }
    }

    private void acknowledge(long block) throws IOException {
        peer = received.getSocketAddress();
        unanswered = datagram(peer, new TftpPacket.Ack(BlockNumber.of(block)));
        socket.send(unanswered);
    }

    /** The next datagram from whom the transfer is with. */
    private ByteBuffer receive() throws IOException {
        for (int tries = 0; tries < TRIES; ) {
            try {
                received.setLength(received.getData().length);
                socket.receive(received);
                if (peer == null || peer.equals(received.getSocketAddress())) {
                    return ByteBuffer.wrap(received.getData(), 0, received.getLength());
                }
            } catch (SocketTimeoutException silence) {
                tries++;
                socket.send(unanswered);
            }
        }
        throw new SocketTimeoutException("no answer from " + (peer == null ? server : peer) + " to "
                + socket.getLocalSocketAddress() + " after block " + blocks + " of " + path);
    }

    private static DatagramPacket datagram(SocketAddress to, TftpPacket packet) {
        ByteBuffer encoded = TftpPacketCodec.encode(packet);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return new DatagramPacket(bytes, bytes.length, to);
    }
}
