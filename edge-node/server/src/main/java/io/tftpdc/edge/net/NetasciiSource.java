package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.tftp.transfer.NetasciiEncoder;
import io.tftpdc.tftp.transfer.TransferSize;
import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * A file translated to netascii while it is read. Where each block began in the stored file is remembered until the
 * block is acknowledged, so that a window can be sent again; how many bytes travel is known only at the end.
 */
final class NetasciiSource implements DataSource {

    /** Where in the stored file a travelling offset is, and the half pair still owed there. */
    private record Position(long stored, int pending) {}

    private final OpenFile file;
    private final ByteBufAllocator allocator;
    private final NavigableMap<Long, Position> positions = new TreeMap<>();

    NetasciiSource(OpenFile file, ByteBufAllocator allocator) {
        this.file = file;
        this.allocator = allocator;
        positions.put(0L, new Position(0, NetasciiEncoder.NOTHING_PENDING));
    }

    @Override
    public TransferSize size() {
        return TransferSize.UNKNOWN;
    }

    /** Translation never makes bytes fewer, so {@code length} stored bytes are always enough. */
    @Override
    public boolean resident(long offset, int length) {
        return file.resident(position(offset).stored(), length);
    }

    @Override
    public CompletionStage<Void> load(long offset, int length) {
        return file.load(position(offset).stored(), length);
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
