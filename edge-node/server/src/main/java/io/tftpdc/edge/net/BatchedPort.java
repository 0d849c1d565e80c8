package io.tftpdc.edge.net;

import io.netty.buffer.ByteBufAllocator;
import io.tftpdc.edge.udp.Peer;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.transfer.Input;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One address of a {@link BatchedSocket} as a transfer port. */
final class BatchedPort implements TransferPort {

    private final BatchedSocket socket;
    private final InetSocketAddress local;
    private final @Nullable InetAddress source;
    private final int longestSegment;

    /**
     * @param local the address that clients call, with the socket's port
     * @param source the same address, when the socket is bound to a wildcard and would answer from whichever the kernel
     *     chooses; otherwise null
     * @param longestSegment bytes of the longest packet that the kernel may cut a message into
     */
    BatchedPort(BatchedSocket socket, InetSocketAddress local, @Nullable InetAddress source, int longestSegment) {
        this.socket = socket;
        this.local = local;
        this.source = source;
        this.longestSegment = longestSegment;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public ByteBufAllocator allocator() {
        return ByteBufAllocator.DEFAULT;
    }

    @Override
    public ClientPath to(InetSocketAddress client) {
        return new Path(socket.peer(client));
    }

    @Override
    public boolean isCrowded() {
        return socket.isCrowded();
    }

    @Override
    public void send(TftpPacket packet, InetSocketAddress to) {
        if (socket.reaches(to.getAddress())) {
            to(to).send(packet);
        }
    }

    private final class Path implements ClientPath {
        private final Peer peer;

        Path(Peer peer) {
            this.peer = peer;
        }

        /**
         * Where several addresses share a socket, a client that had a transfer with another of them gives that one up:
         * its packets could not be told apart.
         */
        @Override
        public void attach(Session session) {
            Session before = socket.session(peer);
            if (before != null) {
                before.on(new Input.Replaced());
            }
            socket.attach(peer, session);
        }

        @Override
        public void detach(Session session) {
            socket.detach(peer, session);
        }

        @Override
        public void send(TftpPacket packet) {
            socket.enqueue(new OnePacket(peer, TftpPacketCodec.encode(packet)));
        }

        @Override
        public BlockSender blockSender(BlockSender.Blocks blocks) {
            return new BatchedBlockSender(socket, blocks, peer, source, longestSegment);
        }

        @Override
        public AckSender ackSender() {
            return new Acks(peer);
        }
    }

    /** A packet that is not worth keeping when the socket is full. */
    private final class OnePacket implements OutgoingMessages.Sender {
        private final Peer to;
        private final ByteBuffer bytes;

        OnePacket(Peer to, ByteBuffer bytes) {
            this.to = to;
            this.bytes = bytes;
        }

        @Override
        public boolean addTo(OutgoingMessages messages) {
            messages.batch.begin(to, source);
            messages.batch.bytes(bytes);
            messages.noteOwner(this, 0);
            return true;
        }

        @Override
        public boolean notSent(long mark) {
            return false;
        }

        @Override
        public boolean refused(long mark, int error) {
            return false;
        }
    }

    /** Four bytes, used again for every ACK. One that the socket does not take is the timer's to repeat. */
    private final class Acks implements AckSender, OutgoingMessages.Sender {
        private final Peer to;
        private final ByteBuffer packet = ByteBuffer.allocate(TftpPacketCodec.DATA_HEADER_BYTES);
        private boolean waiting;

        Acks(Peer to) {
            this.to = to;
        }

        @Override
        public void send(int block) {
            packet.putInt(0, TftpPacketCodec.ackHeader(block));
            if (!waiting) {
                waiting = true;
                socket.enqueue(this);
            }
        }

        @Override
        public boolean addTo(OutgoingMessages messages) {
            waiting = false;
            messages.batch.begin(to, source);
            messages.batch.bytes(packet);
            messages.noteOwner(this, 0);
            return true;
        }

        @Override
        public boolean notSent(long mark) {
            return false;
        }

        @Override
        public boolean refused(long mark, int error) {
            return false;
        }
    }

    @Override
    public void flush() {
        socket.flush();
    }

    @Override
    public void close() {
        socket.close();
    }
}
