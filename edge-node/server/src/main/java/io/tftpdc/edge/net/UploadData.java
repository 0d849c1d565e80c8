package io.tftpdc.edge.net;

import io.tftpdc.edge.upload.UploadSink;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.NetasciiDecoder;
import java.nio.ByteBuffer;

/** Turns what travels into content: as it is, or translated from netascii. Used by one event loop. */
interface UploadData {

    /** The payload of the next block; used up, and the caller's again, when this returns. */
    void accept(ByteBuffer payload);

    /** There is no more. */
    void end();

    static UploadData into(UploadSink sink, TransferMode mode) {
        return switch (mode) {
            case NETASCII -> new Netascii(sink);
            case OCTET, MAIL -> new Octet(sink);
        };
    }

    /** Bytes as they are. */
    record Octet(UploadSink sink) implements UploadData {
        @Override
        public void accept(ByteBuffer payload) {
            sink.accept(payload);
        }

        @Override
        public void end() {
            // Every byte was handed on when it came.
        }
    }

    /** Text of RFC 764. A pair of bytes may be cut by the end of a block. */
    final class Netascii implements UploadData {
        private static final int PIECE = 1024;

        private final UploadSink sink;
        private final NetasciiDecoder decoder = new NetasciiDecoder();
        private final ByteBuffer translated = ByteBuffer.allocate(PIECE);

        Netascii(UploadSink sink) {
            this.sink = sink;
        }

        @Override
        public void accept(ByteBuffer payload) {
            while (payload.hasRemaining()) {
                decoder.decode(payload, translated);
                handOn();
            }
        }

        @Override
        public void end() {
            decoder.finish(translated);
            handOn();
        }

        private void handOn() {
            sink.accept(translated.flip());
            translated.clear();
        }
    }
}
