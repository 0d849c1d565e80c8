package io.tftpdc.edge.net;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client for a network that loses packets, as RFC 1350 and RFC 7440 have it; one transfer, one thread. */
final class LossyClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 200;
    private static final int MOST_TIMEOUTS = 100;
    /** So long a server may still ask for the last ACK. */
    private static final int LINGER_MILLIS = 600;

    private final DatagramSocket socket = new DatagramSocket();
    private final byte[] buffer = new byte[0x10000];
    private final InetSocketAddress server;
    private final int blockSize;
    private final int window;

    /** Where the server's transfer port is, once it has answered. */
    private @Nullable InetSocketAddress peer;

    private TftpPacket lastSent = new Ack(new BlockNumber(0));

    LossyClient(InetSocketAddress server, int blockSize, int window) throws IOException {
        this.server = server;
        this.blockSize = blockSize;
        this.window = window;
        socket.setReceiveBufferSize(1 << 20);
        socket.setSoTimeout(TIMEOUT_MILLIS);
    }

    private List<TftpOption> options() {
        return TestClient.options("blksize", String.valueOf(blockSize), "windowsize", String.valueOf(window));
    }

    byte[] read(String name) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        send(new ReadRequest(name, TransferMode.OCTET, options()));
        long blocks = 0;
        long acknowledged = 0;
        boolean gap = false;
        for (int timeouts = 0; timeouts < MOST_TIMEOUTS; ) {
            BlockNumber awaited = BlockNumber.of(blocks + 1);
            switch (receive()) {
                case OptionAck oack -> {
                    if (blocks == 0) {
                        send(new Ack(new BlockNumber(0)));
                    }
                }
                case Data data
                when data.block().equals(awaited) -> {
                    blocks++;
                    gap = false;
                    content.writeBytes(TestClient.payload(data));
                    boolean last = data.payload().remaining() < blockSize;
                    if (last || blocks == acknowledged + window) {
                        acknowledged = blocks;
                        send(new Ack(BlockNumber.of(blocks)));
                    }
                    if (last) {
                        linger();
                        return content.toByteArray();
                    }
                }
                case Data other -> {
                    // What is missing is asked for once; whoever repeats what is here has not got the last ACK.
                    if (!gap || other.block().equals(BlockNumber.of(blocks))) {
                        gap = true;
                        acknowledged = blocks;
                        send(new Ack(BlockNumber.of(blocks)));
                    }
                }
                case null -> {
                    timeouts++;
                    gap = false;
                    acknowledged = lastSent instanceof Ack ? blocks : acknowledged;
                    send(lastSent instanceof Ack ? new Ack(BlockNumber.of(blocks)) : lastSent);
                }
                case TftpPacket unexpected -> throw new IOException("the server sent " + unexpected);
            }
        }
        throw new IOException("no end after " + blocks + " blocks");
    }

    private void linger() throws IOException {
        socket.setSoTimeout(LINGER_MILLIS);
        while (receive() != null) {
            send(lastSent);
        }
    }

    void write(String name, byte[] content) throws IOException {
        long blocks = content.length / blockSize + 1;
        long acknowledged = -1;
        boolean repeated = false;
        send(new WriteRequest(name, TransferMode.OCTET, options()));
        for (int timeouts = 0; timeouts < MOST_TIMEOUTS; ) {
            TftpPacket packet = receive();
            long upTo =
                    switch (packet) {
                        case OptionAck oack -> Math.max(acknowledged, 0);
                        case Ack ack -> {
                            int ahead = (ack.block().value() - (int) Math.max(acknowledged, 0)) & 0xffff;
                            yield ahead <= window ? Math.max(acknowledged, 0) + ahead : -1;
                        }
                        case null -> acknowledged;
                        default -> throw new IOException("the server sent " + packet);
                    };
            if (upTo == blocks) {
                return;
            }
            boolean progress = upTo > acknowledged;
            boolean gapTold = packet instanceof Ack && upTo == acknowledged && window > 1 && !repeated;
            if (packet == null) {
                timeouts++;
            }
            if (progress || gapTold || packet == null) {
                repeated = !progress;
                acknowledged = upTo;
                if (acknowledged < 0) {
                    send(lastSent);
                } else {
                    sendWindow(content, acknowledged, blocks);
                }
            }
        }
        throw new IOException("no end after " + acknowledged + " of " + blocks + " blocks");
    }

    private void sendWindow(byte[] content, long acknowledged, long blocks) throws IOException {
        for (long block = acknowledged + 1; block <= Math.min(blocks, acknowledged + window); block++) {
            int from = (int) (block - 1) * blockSize;
            int length = Math.min(blockSize, content.length - from);
            send(new Data(
                    BlockNumber.of(block),
                    ByteBuffer.wrap(content, from, length).slice()));
        }
    }

    private void send(TftpPacket packet) throws IOException {
        lastSent = packet;
        ByteBuffer encoded = TftpPacketCodec.encode(packet);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        socket.send(new DatagramPacket(bytes, bytes.length, peer == null ? server : peer));
    }

    /** Null when nothing came in time. */
    private @Nullable TftpPacket receive() throws IOException {
        DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
        try {
            socket.receive(datagram);
        } catch (SocketTimeoutException silence) {
            return null;
        }
        peer = (InetSocketAddress) datagram.getSocketAddress();
        return (TftpPacket) TftpPacketCodec.decode(ByteBuffer.allocate(datagram.getLength())
                .put(buffer, 0, datagram.getLength())
                .flip());
    }

    @Override
    public void close() {
        socket.close();
    }
}
