package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.transfer.NetasciiEncoder;
import io.tftpdc.tftp.transfer.TransferSize;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * A file translated to netascii while it is read. Where each block began in the stored file is remembered until the
 * block is acknowledged, so that a window can be sent again. How many bytes travel is known only at the end, unless the
 * client has asked for it: then the file is counted before, if it is small and here.
 */
final class NetasciiSource implements DataSource {

    /** Where in the stored file a travelling offset is, and the half pair still owed there. */
    private record Position(long stored, int pending) {}

    private final OpenFile file;
    private final ByteBufAllocator allocator;
    private final TransferSize size;
    private final NavigableMap<Long, Position> positions = new TreeMap<>();

    /** Counting more would hold up everybody else on the event loop; text that is sent as netascii is small. */
    private static final int MOST_COUNTED = 1 << 20;

    private static final int COUNTED_AT_ONCE = 1 << 16;

    private NetasciiSource(OpenFile file, ByteBufAllocator allocator, TransferSize size) {
        this.file = file;
        this.allocator = allocator;
        this.size = size;
        positions.put(0L, new Position(0, NetasciiEncoder.NOTHING_PENDING));
    }

    /** @param options of the request: the size is counted when tsize is among them */
    static NetasciiSource of(OpenFile file, ByteBufAllocator allocator, List<TftpOption> options) {
        boolean wanted =
                options.stream().anyMatch(option -> option.canonicalName().equals(TftpOption.TSIZE));
        boolean countable = file.size() <= MOST_COUNTED && file.resident(0, (int) file.size());
        return new NetasciiSource(file, allocator, wanted && countable ? count(file, allocator) : TransferSize.UNKNOWN);
    }

    private static TransferSize count(OpenFile file, ByteBufAllocator allocator) {
        ByteBuf stored = allocator.buffer(COUNTED_AT_ONCE);
        try {
            long bytes = 0;
            for (long offset = 0; offset < file.size(); offset += COUNTED_AT_ONCE) {
                file.read(offset, COUNTED_AT_ONCE, stored.clear());
                bytes += NetasciiEncoder.encodedLength(stored.nioBuffer());
            }
            return new TransferSize(bytes);
        } finally {
            stored.release();
        }
    }

    @Override
    public TransferSize size() {
        return size;
    }

    /**
     * Translation never makes bytes fewer: {@code length} stored bytes are always enough, and a block whose place in the
     * file is not known yet lies no farther from the last known one than its travelling bytes do.
     */
    @Override
    public boolean resident(long offset, int length) {
        Map.Entry<Long, Position> known = before(offset);
        return file.resident(known.getValue().stored(), (int) (offset - known.getKey()) + length);
    }

    @Override
    public CompletionStage<Void> load(long offset, int length) {
        Map.Entry<Long, Position> known = before(offset);
        return file.load(known.getValue().stored(), (int) (offset - known.getKey()) + length);
    }

    private Map.Entry<Long, Position> before(long offset) {
        Map.Entry<Long, Position> known = positions.floorEntry(offset);
        if (known == null) {
            throw new IllegalStateException("offset " + offset + " was acknowledged and is forgotten");
        }
        return known;
    }

    @Override
    public int read(long offset, int length, ByteBuf into) {
        Position start = position(offset);
        ByteBuf stored = allocator.buffer(length);
        try {
            file.read(start.stored(), length, stored);
            ByteBuffer in = stored.nioBuffer();
            into.ensureWritable(length);
            ByteBuffer out = into.nioBuffer(into.writerIndex(), length);
            NetasciiEncoder encoder = new NetasciiEncoder(start.pending());
            encoder.encode(in, out);
            int written = length - out.remaining();
            into.writerIndex(into.writerIndex() + written);
            int consumed = in.position();
            positions.put(offset + written, new Position(start.stored() + consumed, encoder.pending()));
            return written;
        } finally {
            stored.release();
        }
    }

    @Override
    public void acknowledged(long offset) {
        positions.headMap(offset).clear();
    }

    @Override
    public void close() {
        file.close();
    }

    private Position position(long offset) {
        Position position = positions.get(offset);
        if (position == null) {
            throw new IllegalStateException("offset " + offset + " is neither the next one nor the start of a block");
        }
        return position;
    }
}
