package io.tftpdc.tftp.packet;

import java.nio.ByteBuffer;
import java.util.List;

/** The six packets of TFTP. {@link TftpPacketCodec} draws their bytes. */
public sealed interface TftpPacket extends Decoded {

    /** What begins a transfer: RRQ or WRQ. */
    sealed interface Request extends TftpPacket {

        /** As the client spelt it. */
        String filename();

        TransferMode mode();

        /** In the order asked. */
        List<TftpOption> options();
    }

    /** RRQ: the client wants to read {@code filename}. */
    record ReadRequest(String filename, TransferMode mode, List<TftpOption> options) implements Request {
        public ReadRequest {
            requireName(filename);
            options = List.copyOf(options);
        }
    }

    /** WRQ: the client wants to write {@code filename}. */
    record WriteRequest(String filename, TransferMode mode, List<TftpOption> options) implements Request {
        public WriteRequest {
            requireName(filename);
            options = List.copyOf(options);
        }
    }

    /**
     * DATA: one block; a payload shorter than the block size is the last one.
     *
     * @param payload a read-only view of the datagram, valid only as long as the datagram is
     */
    record Data(BlockNumber block, ByteBuffer payload) implements TftpPacket {
        public Data {
            payload = payload.isReadOnly() ? payload : payload.asReadOnlyBuffer();
        }
    }

    /** ACK: everything up to and including {@code block} has arrived. */
    record Ack(BlockNumber block) implements TftpPacket {}

    /** ERROR: the sender has given up; nobody answers it. */
    record ErrorPacket(ErrorCode code, String message) implements TftpPacket {

        private static final int LONGEST_MESSAGE = 400;

        public ErrorPacket {
            message = message.replace('\0', ' ');
        }

        /** An error of our own: control characters become spaces, and the text is cut to fit any datagram. */
        public static ErrorPacket of(ErrorCode code, String message) {
            StringBuilder text = new StringBuilder(Math.min(message.length(), LONGEST_MESSAGE));
            for (int i = 0; i < message.length() && i < LONGEST_MESSAGE; i++) {
                char c = message.charAt(i);
                text.append(Character.isISOControl(c) ? ' ' : c);
            }
            return new ErrorPacket(code, text.toString());
        }
    }

    /** OACK: the options that the server agrees to, each of which the client asked for (RFC 2347). */
    record OptionAck(List<TftpOption> options) implements TftpPacket {
        public OptionAck {
            options = List.copyOf(options);
        }
    }

    private static void requireName(String filename) {
        if (filename.isEmpty() || filename.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a request needs a file name, and it cannot hold a zero byte");
        }
    }
}
