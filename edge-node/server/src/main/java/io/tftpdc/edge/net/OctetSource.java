package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.tftp.transfer.TransferSize;
import java.util.concurrent.CompletionStage;

/** The bytes of a file as they are stored. */
final class OctetSource implements DataSource {

    private final OpenFile file;

    OctetSource(OpenFile file) {
        this.file = file;
    }

    @Override
    public TransferSize size() {
        return new TransferSize(file.size());
    }

    @Override
    public boolean resident(long offset, int length) {
        return file.resident(offset, length);
    }

    @Override
    public CompletionStage<Void> load(long offset, int length) {
        return file.load(offset, length);
    }

    @Override
    public int read(long offset, int length, ByteBuf into) {
        int before = into.writerIndex();
        file.read(offset, length, into);
        return into.writerIndex() - before;
    }

    @Override
    public long address(long offset) {
        return file.address(offset);
    }

    @Override
    public int contiguous(long offset) {
        return file.contiguous(offset);
    }

    @Override
    public void acknowledged(long offset) {}

    @Override
    public void close() {
        file.close();
    }
}
