package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tftpdc.edge.udp.Peer;
import io.tftpdc.edge.udp.UdpBatch;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Sends blocks as messages that the kernel cuts into packets: a whole window in one go, gathered from headers and the
 * file's own memory. Where the kernel cannot cut (a packet larger than the interface's MTU must be fragmented, and some
 * interfaces cannot) each block is a message. Allocates nothing while the file's bytes have addresses.
 *
 * <p>What is to be sent is kept as block numbers only, and read when the socket takes it.
 */
final class BatchedBlockSender implements BlockSender, OutgoingMessages.Sender {

    private static final int BAD_ADDRESS = 14;
    private static final int INVALID = 22;
    private static final int INPUT_OUTPUT = 5;
    private static final int TOO_LARGE = 90;

    private final OutgoingMessages.Queue queue;
    private final Blocks blocks;
    private final Peer to;
    private final @Nullable InetAddress source;
    private final int blockSize;
    private int blocksPerMessage;
    private long next = 1;
    private long last;
    private long confirmed;
    private boolean queued;

    BatchedBlockSender(
            OutgoingMessages.Queue queue, Blocks blocks, Peer to, @Nullable InetAddress source, int longestSegment) {
        this.queue = queue;
        this.blocks = blocks;
        this.to = to;
        this.source = source;
        this.blockSize = blocks.terms().blockSize();
        int packet = TftpPacketCodec.DATA_HEADER_BYTES + blockSize;
        this.blocksPerMessage = packet > longestSegment ? 1 : blocksPerMessage(packet);
    }

    private static int blocksPerMessage(int packet) {
        return Math.max(1, Math.min(UdpBatch.SEGMENTS, UdpBatch.MESSAGE_BYTES / packet));
    }

    @Override
    public void send(long first, long lastBlock) {
        boolean goesOn = next <= last && first == last + 1;
        if (!goesOn) {
            next = first;
        }
        last = lastBlock;
        if (!queued) {
            queued = true;
            queue.enqueue(this);
        }
    }

    @Override
    public void confirmed(long block) {
        next = Math.max(next, block + 1);
        confirmed = block;
    }

    @Override
    public void cancel() {
        last = next - 1;
    }

    @Override
    public boolean addTo(OutgoingMessages messages) {
        try {
            while (next <= last) {
                if (!messages.batch.hasRoom()) {
                    return false;
                }
                addOne(messages);
            }
        } catch (RuntimeException failure) {
            cancel();
            blocks.sourceFailed(failure);
        }
        queued = next <= last;
        return !queued;
    }

    private void addOne(OutgoingMessages messages) {
        long first = next;
        long end = Math.min(last, first + blocksPerMessage - 1);
        if (blocks.source().address(blocks.terms().offsetOf(first)) == 0) {
            addCopy(messages, first, end);
        } else {
            addInPlace(messages, first, end);
        }
    }

    private void addInPlace(OutgoingMessages messages, long first, long end) {
        TransferTerms terms = blocks.terms();
        DataSource bytes = blocks.source();
        long sent = first;
        for (long block = first; block <= end; block++) {
            long offset = terms.offsetOf(block);
            int length = blocks.size().lengthOf(block, blockSize);
            long address = length == 0 ? 0 : bytes.address(offset);
            int here = length == 0 ? 0 : Math.min(length, bytes.contiguous(offset));
            long rest = here < length ? bytes.address(offset + here) : 0;
            if (here < length && (address == 0 || rest == 0 || bytes.contiguous(offset + here) < length - here)) {
                break; // not a block in one or two places: what is before it goes now, and it is copied
            }
            if (block == first) {
                messages.batch.begin(to, source);
                messages.noteOwner(this, first);
            }
            messages.batch.data(terms.wireNumber(block), address, here);
            if (here < length) {
                messages.batch.more(rest, length - here);
            }
            sent = block + 1;
        }
        if (sent == first) {
            addCopy(messages, first, first);
            return;
        }
        if (sent > first + 1) {
            messages.batch.segments(TftpPacketCodec.DATA_HEADER_BYTES + blockSize);
        }
        next = sent;
    }

    /** Reads into memory of the batch first, so that a source that fails or ends leaves no half message. */
    private void addCopy(OutgoingMessages messages, long first, long end) {
        TransferTerms terms = blocks.terms();
        int room = (int) (end - first + 1) * blockSize;
        ByteBuf copy = Unpooled.wrappedBuffer(messages.batch.scratch(room)).clear();
        long start = messages.batch.scratchAddress();
        long ended = -1;
        int copied = 0;
        long block = first;
        while (block <= end && ended < 0) {
            int wanted = blocks.size().lengthOf(block, blockSize);
            int length = blocks.source().read(terms.offsetOf(block), wanted, copy);
            if (block == first) {
                messages.batch.begin(to, source);
                messages.noteOwner(this, first);
            }
            messages.batch.data(terms.wireNumber(block), start + copied, length);
            copied += length;
            ended = length < wanted ? terms.offsetOf(block) + length : -1;
            block++;
        }
        if (block > first + 1) {
            messages.batch.segments(TftpPacketCodec.DATA_HEADER_BYTES + blockSize);
        }
        next = block;
        if (ended >= 0) {
            cancel();
            blocks.sourceEnded(ended);
        }
    }

    @Override
    public boolean notSent(long mark) {
        return backTo(mark);
    }

    @Override
    public boolean refused(long mark, int error) {
        if (error == BAD_ADDRESS) {
            cancel();
            blocks.sourceFailed(new UncheckedIOException(
                    "the local copy cannot be read", new IOException("the kernel met EFAULT")));
            return false;
        }
        boolean cannotCut = error == INVALID || error == TOO_LARGE || error == INPUT_OUTPUT;
        if (blocksPerMessage > 1 && cannotCut) {
            blocksPerMessage = 1;
            return backTo(mark);
        }
        return false;
    }

    /** True when this has to be enqueued for it, which the caller does. */
    private boolean backTo(long mark) {
        if (last < mark || last <= confirmed) {
            return false; // cancelled or confirmed meanwhile
        }
        next = Math.max(confirmed + 1, Math.min(next, mark));
        boolean enqueue = !queued;
        queued = true;
        return enqueue;
    }
}
