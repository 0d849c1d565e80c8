package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.transfer.TransferSize;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.net.InetSocketAddress;

/** A transfer port that is a Netty channel: everywhere where {@link BatchedPort} cannot be. */
final class ChannelPort implements TransferPort {

    private final Channel channel;
    private final InetSocketAddress local;
    private final TransferRegistry registry;
    private final TftpMetrics metrics;
    private final int manyTransfers;
    private int transfers;
    private boolean inBatch;

    /** @param manyTransfers with so many it is crowded */
    ChannelPort(Channel channel, TransferRegistry registry, TftpMetrics metrics, int manyTransfers) {
        this.channel = channel;
        this.local = (InetSocketAddress) channel.localAddress();
        this.registry = registry;
        this.metrics = metrics;
        this.manyTransfers = manyTransfers;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public ByteBufAllocator allocator() {
        return channel.alloc();
    }

    @Override
    public ClientPath to(InetSocketAddress client) {
        return new Path(client);
    }

    @Override
    public boolean isCrowded() {
        return transfers >= manyTransfers;
    }

    private final class Path implements ClientPath {
        private final InetSocketAddress client;
        private boolean attached;

        Path(InetSocketAddress client) {
            this.client = client;
        }

        /** {@link TransferHandler} finds sessions in the registry. */
        @Override
        public void attach(Session session) {
            assert registry.find(session.id()).isPresent();
            attached = true;
            transfers++;
        }

        @Override
        public void detach(Session session) {
            if (attached) {
                attached = false;
                transfers--;
            }
        }

        @Override
        public void send(TftpPacket packet) {
            ChannelPort.this.send(packet, client);
        }

        @Override
        public BlockSender blockSender(BlockSender.Blocks blocks) {
            return new OneByOne(blocks, client);
        }

        @Override
        public AckSender ackSender() {
            return block -> send(new TftpPacket.Ack(new BlockNumber(block)));
        }
    }

    @Override
    public void send(TftpPacket packet, InetSocketAddress to) {
        send(Unpooled.wrappedBuffer(TftpPacketCodec.encode(packet)), to);
    }

    /** Takes over {@code packet}. A queue that is full already drops it: the transfer's timer sends it again. */
    @SuppressWarnings("FutureReturnValueIgnored") // a void promise: failures reach TransferHandler.exceptionCaught
    private void send(ByteBuf packet, InetSocketAddress to) {
        if (channel.isWritable()) {
            channel.write(new DatagramPacket(packet, to), channel.voidPromise());
        } else {
            packet.release();
            metrics.notSent.increment();
        }
    }

    /** Sends each block at once as a packet of its own. */
    private final class OneByOne implements BlockSender {
        private final Blocks blocks;
        private final InetSocketAddress to;

        OneByOne(Blocks blocks, InetSocketAddress to) {
            this.blocks = blocks;
            this.to = to;
        }

        @Override
        public void send(long first, long last) {
            TransferTerms terms = blocks.terms();
            for (long block = first; block <= last; block++) {
                TransferSize size = blocks.size();
                int wanted = size.lengthOf(block, terms.blockSize());
                int header = TftpPacketCodec.DATA_HEADER_BYTES;
                ByteBuf packet = channel.alloc().directBuffer(header + wanted);
                packet.writeInt(TftpPacketCodec.dataHeader(terms.wireNumber(block)));
                long offset = terms.offsetOf(block);
                int length;
                try {
                    length = blocks.source().read(offset, wanted, packet);
                } catch (RuntimeException failure) {
                    packet.release();
                    blocks.sourceFailed(failure);
                    return;
                }
                ChannelPort.this.send(packet, to);
                if (length < wanted) {
                    blocks.sourceEnded(offset + length);
                    return;
                }
            }
        }

        @Override
        public void confirmed(long block) {}

        @Override
        public void cancel() {}
    }

    void beginBatch() {
        inBatch = true;
    }

    void endBatch() {
        inBatch = false;
        channel.flush();
    }

    @Override
    public void flush() {
        if (!inBatch) {
            channel.flush();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    @Override
    public void close() {
        channel.close();
    }
}
