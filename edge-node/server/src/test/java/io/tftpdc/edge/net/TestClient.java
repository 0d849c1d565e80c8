package io.tftpdc.edge.net;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A small TFTP client for one test thread. Whatever it waits for fails after {@value #PATIENCE_MILLIS} ms. */
final class TestClient implements AutoCloseable {

    static final int PATIENCE_MILLIS = 10_000;

    /** A packet and where it came from. */
    record Incoming(InetSocketAddress from, TftpPacket packet) {}

    private final InetSocketAddress server;
    private final DatagramSocket socket;
    private final byte[] buffer = new byte[0x10000];

    TestClient(InetSocketAddress server) throws IOException {
        this(server, new DatagramSocket());
    }

    /** One that sends from an address of its own. */
    TestClient(InetSocketAddress server, String from) throws IOException {
        this(server, new DatagramSocket(new InetSocketAddress(from, 0)));
    }

    private TestClient(InetSocketAddress server, DatagramSocket socket) throws IOException {
        this.server = server;
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setReceiveBufferSize(1 << 20);
    }

    static List<TftpOption> options(String... namesAndValues) {
        List<TftpOption> options = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            options.add(new TftpOption(namesAndValues[i], namesAndValues[i + 1]));
        }
        return options;
    }

    int port() {
        return socket.getLocalPort();
    }

    static byte[] payload(Data data) {
        byte[] bytes = new byte[data.payload().remaining()];
        data.payload().duplicate().get(bytes);
        return bytes;
    }

    void request(String filename, String... options) throws IOException {
        request(new ReadRequest(filename, TransferMode.OCTET, options(options)));
    }

    void request(TftpPacket packet) throws IOException {
        send(packet, server);
    }

    void ack(int block, InetSocketAddress to) throws IOException {
        send(new Ack(new BlockNumber(block)), to);
    }

    void send(TftpPacket packet, InetSocketAddress to) throws IOException {
        ByteBuffer encoded = TftpPacketCodec.encode(packet);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        sendBytes(bytes, to);
    }

    void sendBytes(byte[] bytes, InetSocketAddress to) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    Incoming receive() throws IOException {
        DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
        try {
            socket.receive(datagram);
        } catch (SocketTimeoutException silence) {
            throw new AssertionError("the server sent nothing for " + PATIENCE_MILLIS + " ms", silence);
        }
        ByteBuffer bytes = ByteBuffer.allocate(datagram.getLength()).put(buffer, 0, datagram.getLength());
        return new Incoming(
                (InetSocketAddress) datagram.getSocketAddress(), (TftpPacket) TftpPacketCodec.decode(bytes.flip()));
    }

    /** The next packet, which must be of this type. */
    <P extends TftpPacket> P expect(Class<P> type) throws IOException {
        TftpPacket packet = receive().packet();
        if (!type.isInstance(packet)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + packet);
        }
        return type.cast(packet);
    }

    ErrorPacket expectError() throws IOException {
        return expect(ErrorPacket.class);
    }

    byte[] read(String filename, String... options) throws IOException {
        return read(new ReadRequest(filename, TransferMode.OCTET, options(options)));
    }

    byte[] read(ReadRequest request) throws IOException {
        request(request);
        return finish(receive(), new ByteArrayOutputStream(), 0);
    }

    /** Goes on from {@code next}, with {@code blocks} blocks received before, and returns all bytes. */
    byte[] finish(Incoming next, ByteArrayOutputStream bytes, long blocks) throws IOException {
        int blockSize = 512;
        int window = 1;
        long lastAck = blocks;
        Incoming incoming = next;
        while (true) {
            switch (incoming.packet()) {
                case OptionAck oack -> {
                    blockSize = value(oack, TftpOption.BLKSIZE, blockSize);
                    window = value(oack, TftpOption.WINDOWSIZE, window);
                    ack(0, incoming.from());
                }
                case Data data -> {
                    if (data.block().equals(BlockNumber.of(blocks + 1))) {
                        blocks++;
                        bytes.writeBytes(payload(data));
                        boolean last = data.payload().remaining() < blockSize;
                        if (last || blocks == lastAck + window) {
                            lastAck = blocks;
                            send(new Ack(BlockNumber.of(blocks)), incoming.from());
                        }
                        if (last) {
                            return bytes.toByteArray();
                        }
                    }
                }
                default -> throw new AssertionError("unexpected " + incoming.packet());
            }
            incoming = receive();
        }
    }

    static int value(OptionAck oack, String name, int otherwise) {
        return oack.options().stream()
                .filter(option -> option.canonicalName().equals(name))
                .map(option -> Integer.parseInt(option.value()))
                .findFirst()
                .orElse(otherwise);
    }

    @Override
    public void close() {
        socket.close();
    }
}
