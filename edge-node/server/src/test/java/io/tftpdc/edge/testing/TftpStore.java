package io.tftpdc.edge.testing;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpOption;
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
import java.util.ArrayList;
import java.util.List;

/**
 * A TFTP client that uploads: sends a window, waits for its ACK, sends again from the acknowledged block when nothing
 * comes for a while, and gives up after some tries, as clients do.
 *
 * @param blockSize asked for; 512 asks for nothing
 * @param windowSize asked for; 1 asks for nothing
 * @param announceSize whether to send tsize
 * @param patienceMillis after which what was not answered is sent again
 * @param tries after which it is given up
 */
public record TftpStore(
        TransferMode mode, int blockSize, int windowSize, boolean announceSize, int patienceMillis, int tries) {

    /** One block at a time, of 1428 bytes, with the size announced. */
    public static final TftpStore PLAIN = new TftpStore(TransferMode.OCTET, 1428, 1, true, 2_000, 15);

    public TftpStore with(int newBlockSize, int newWindowSize) {
        return new TftpStore(mode, newBlockSize, newWindowSize, announceSize, patienceMillis, tries);
    }

    public TftpStore in(TransferMode newMode) {
        return new TftpStore(newMode, blockSize, windowSize, announceSize, patienceMillis, tries);
    }

    public TftpStore withoutSize() {
        return new TftpStore(mode, blockSize, windowSize, false, patienceMillis, tries);
    }

    public TftpStore patient(int newPatienceMillis, int newTries) {
        return new TftpStore(mode, blockSize, windowSize, announceSize, newPatienceMillis, newTries);
    }

    /** The server's answer to an upload that it did not take. */
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final int code;

        RefusedException(int code, String message) {
            super(message);
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /**
     * Returns when the last block is acknowledged.
     *
     * @throws RefusedException with what the server says when it sends an error
     * @throws SocketTimeoutException when the server is silent for too long
     */
    public void store(InetSocketAddress server, String path, byte[] content) throws IOException {
        store(server, path, content, () -> {});
    }

    /** The same, with a pause for something else when the server has acknowledged half of it. */
    public void store(InetSocketAddress server, String path, byte[] content, Runnable halfway) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(patienceMillis);
            new Transfer(socket, server, path, content).run(halfway);
        }
    }

    private List<TftpOption> options(byte[] content) {
        List<TftpOption> options = new ArrayList<>();
        if (blockSize != 512) {
            options.add(new TftpOption(TftpOption.BLKSIZE, String.valueOf(blockSize)));
        }
        if (windowSize != 1) {
            options.add(new TftpOption(TftpOption.WINDOWSIZE, String.valueOf(windowSize)));
        }
        if (announceSize) {
            options.add(new TftpOption(TftpOption.TSIZE, String.valueOf(content.length)));
        }
        return options;
    }

    private final class Transfer {
        private final DatagramSocket socket;
        private final InetSocketAddress server;
        private final TftpPacket request;
        private final byte[] content;
        private final byte[] buffer = new byte[0x10000];
        private int block = 512;
        private int window = 1;

        Transfer(DatagramSocket socket, InetSocketAddress server, String path, byte[] content) {
            this.socket = socket;
            this.server = server;
            this.request = new TftpPacket.WriteRequest(path, mode, options(content));
            this.content = content;
        }

        void run(Runnable halfway) throws IOException {
            send(server, request);
            DatagramPacket first = awaitAnswer(() -> send(server, request));
            SocketAddress peer = first.getSocketAddress();
            if (decode(first) instanceof TftpPacket.OptionAck oack) {
                block = value(oack, TftpOption.BLKSIZE, block);
                window = value(oack, TftpOption.WINDOWSIZE, window);
            }
            long last = content.length / block + 1;
            long acknowledged = 0;
            boolean paused = false;
            while (acknowledged < last) {
                if (!paused && acknowledged >= last / 2) {
                    paused = true;
                    halfway.run();
                }
                long from = acknowledged;
                sendWindow(peer, from, last);
                DatagramPacket answer = awaitAnswer(() -> sendWindow(peer, from, last));
                if (decode(answer) instanceof TftpPacket.Ack ack) {
                    int ahead = (int) (ack.block().value() - acknowledged) & 0xFFFF;
                    acknowledged += ahead <= window ? ahead : 0;
                }
            }
        }

        private void sendWindow(SocketAddress peer, long acknowledged, long last) throws IOException {
            for (long number = acknowledged + 1; number <= Math.min(acknowledged + window, last); number++) {
                int from = (int) ((number - 1) * block);
                int length = Math.min(block, content.length - from);
                send(peer, new TftpPacket.Data(BlockNumber.of(number), ByteBuffer.wrap(content, from, length)));
            }
        }

        private interface Again {
            void send() throws IOException;
        }

        private DatagramPacket awaitAnswer(Again again) throws IOException {
            for (int attempt = 1; ; attempt++) {
                DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
                try {
                    socket.receive(datagram);
                    return datagram;
                } catch (SocketTimeoutException silence) {
                    if (attempt == tries) {
                        throw silence;
                    }
                    again.send();
                }
            }
        }

        private TftpPacket decode(DatagramPacket datagram) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(datagram.getLength())
                    .put(buffer, 0, datagram.getLength())
                    .flip();
            return switch (TftpPacketCodec.decode(bytes)) {
                case TftpPacket.ErrorPacket error ->
                    throw new RefusedException(error.code().value(), error.message());
                case TftpPacket packet -> packet;
                case Object other -> throw new IOException("unexpected " + other);
            };
        }

        private void send(SocketAddress to, TftpPacket packet) throws IOException {
            ByteBuffer encoded = TftpPacketCodec.encode(packet);
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        }
    }

    private static int value(TftpPacket.OptionAck oack, String name, int otherwise) {
        return oack.options().stream()
                .filter(option -> option.canonicalName().equals(name))
                .map(option -> Integer.parseInt(option.value()))
                .findFirst()
                .orElse(otherwise);
    }
}
