package io.tftpdc.tftp.packet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Between packets and bytes. All numbers are unsigned 16 bits, high byte first; all text ends with a zero byte.
 *
 * <pre>
 *            2 bytes    text      1    text     1    text   1   text    1
 *           ┌────────┬──────────┬───┬─────────┬───┬────────┬───┬───────┬───┐
 * RRQ, WRQ  │ 1 or 2 │ filename │ 0 │  mode   │ 0 │ option │ 0 │ value │ 0 │  the last four repeat (RFC 2347)
 *           ├────────┼──────────┼───┴─────────┴───┴────────┴───┴───────┴───┘
 * DATA      │   3    │  block   │ 0 to blksize bytes
 *           ├────────┼──────────┤
 * ACK       │   4    │  block   │
 *           ├────────┼──────────┼─────────┬───┐
 * ERROR     │   5    │   code   │ message │ 0 │
 *           ├────────┼────────┬─┴─┬───────┼───┤
 * OACK      │   6    │ option │ 0 │ value │ 0 │  the last four repeat
 *           └────────┴────────┴───┴───────┴───┘
 * </pre>
 *
 * <p>Decoding never throws and forgives what clients in the field get wrong: zero bytes after the last option,
 * padding after an ACK, an ERROR cut short. Text is UTF-8; bytes that are not are read as ISO 8859-1, except that in a
 * file name they become {@link #NOT_UTF8}, so that no two names are read as one.
 */
public final class TftpPacketCodec {

    /** What stands in a file name for bytes that are not UTF-8. */
    public static final char NOT_UTF8 = '\uFFFD';

    /** Bytes before the payload of a DATA packet. */
    public static final int DATA_HEADER_BYTES = 4;

    /** Not the header that was asked about: what {@link #ackBlock} and {@link #dataBlock} answer to anything else. */
    public static final int OTHER_PACKET = -1;

    private static final int MOST_OPTIONS = 32;
    private static final int DATA_CODE = Opcode.DATA.code();
    private static final int ACK_CODE = Opcode.ACK.code();

    private TftpPacketCodec() {}

    /** Reads all of {@code datagram}. A {@link Data} payload is a view of it, not a copy. */
    public static Decoded decode(ByteBuffer datagram) {
        if (datagram.remaining() < 2) {
            return new Malformed("shorter than an opcode");
        }
        int code = Short.toUnsignedInt(datagram.getShort());
        Optional<Opcode> opcode = Opcode.of(code);
        if (opcode.isEmpty()) {
            return new Malformed("unknown opcode " + code);
        }
        return switch (opcode.get()) {
            case READ_REQUEST, WRITE_REQUEST -> decodeRequest(opcode.get(), datagram);
            case DATA ->
                datagram.remaining() < 2
                        ? new Malformed("DATA without a block number")
                        : new Data(blockNumber(datagram), datagram.slice());
            case ACK ->
                datagram.remaining() < 2 ? new Malformed("ACK without a block number") : new Ack(blockNumber(datagram));
            case ERROR -> decodeError(datagram);
            case OPTION_ACK -> new OptionAck(decodeOptions(datagram));
        };
    }

    /**
     * Recognises an ACK by its first four bytes, without making an object of it: the number of the block, 0 to 65535,
     * or {@link #OTHER_PACKET}. What follows the four bytes is padding, and ignored as {@link #decode} does.
     *
     * @param header the first four bytes of a datagram of at least four, high byte first
     */
    public static int ackBlock(int header) {
        return header >>> 16 == ACK_CODE ? header & 0xFFFF : OTHER_PACKET;
    }

    /** Recognises DATA as {@link #ackBlock(int)} does an ACK; the payload follows the four bytes. */
    public static int dataBlock(int header) {
        return header >>> 16 == DATA_CODE ? header & 0xFFFF : OTHER_PACKET;
    }

    /** The four bytes before the payload of a DATA packet, as a number to be written high byte first. */
    public static int dataHeader(int wireNumber) {
        return DATA_CODE << 16 | wireNumber;
    }

    /** The four bytes of an ACK, as a number to be written high byte first. */
    public static int ackHeader(int wireNumber) {
        return ACK_CODE << 16 | wireNumber;
    }

    private static Decoded decodeRequest(Opcode opcode, ByteBuffer in) {
        Optional<String> filename = textBytes(in).map(UTF_8::decode).map(CharBuffer::toString);
        if (filename.isEmpty()) {
            return new Malformed("the file name does not end with a zero byte");
        }
        if (filename.get().isEmpty()) {
            return new Malformed("the file name is empty");
        }
        Optional<String> modeName = text(in);
        if (modeName.isEmpty()) {
            return new Malformed("the transfer mode does not end with a zero byte");
        }
        Optional<TransferMode> mode = TransferMode.named(modeName.get());
        if (mode.isEmpty()) {
            return new Malformed("unknown transfer mode, expected octet or netascii");
        }
        List<TftpOption> options = decodeOptions(in);
        return opcode == Opcode.READ_REQUEST
                ? new ReadRequest(filename.get(), mode.get(), options)
                : new WriteRequest(filename.get(), mode.get(), options);
    }

    private static Decoded decodeError(ByteBuffer in) {
        ErrorCode code = in.remaining() < 2 ? ErrorCode.NOT_DEFINED : new ErrorCode(Short.toUnsignedInt(in.getShort()));
        ByteBuffer rest = in.slice();
        return new ErrorPacket(code, text(in).orElseGet(() -> string(rest)));
    }

    /** Pairs up to the first empty name (padding), the first half pair, or a number that no honest client reaches. */
    private static List<TftpOption> decodeOptions(ByteBuffer in) {
        List<TftpOption> options = new ArrayList<>(4);
        while (options.size() < MOST_OPTIONS) {
            Optional<String> name = text(in);
            if (name.isEmpty() || name.get().isEmpty()) {
                break;
            }
            Optional<String> value = text(in);
            if (value.isEmpty()) {
                break;
            }
            options.add(new TftpOption(name.get(), value.get()));
        }
        return options;
    }

    private static BlockNumber blockNumber(ByteBuffer in) {
        return new BlockNumber(Short.toUnsignedInt(in.getShort()));
    }

    /** The text up to the next zero byte, which is consumed; empty, with nothing consumed, when there is none. */
    private static Optional<String> text(ByteBuffer in) {
        return textBytes(in).map(TftpPacketCodec::string);
    }

    private static Optional<ByteBuffer> textBytes(ByteBuffer in) {
        for (int end = in.position(); end < in.limit(); end++) {
            if (in.get(end) == 0) {
                ByteBuffer bytes = in.slice(in.position(), end - in.position());
                in.position(end + 1);
                return Optional.of(bytes);
            }
        }
        return Optional.empty();
    }

    private static String string(ByteBuffer bytes) {
        try {
            return UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        } catch (CharacterCodingException notUtf8) {
            return ISO_8859_1.decode(bytes).toString();
        }
    }

    /** Encodes into a buffer of exactly the right size, ready to be read. */
    public static ByteBuffer encode(TftpPacket packet) {
        return switch (packet) {
            case ReadRequest p -> request(Opcode.READ_REQUEST, p.filename(), p.mode(), p.options());
            case WriteRequest p -> request(Opcode.WRITE_REQUEST, p.filename(), p.mode(), p.options());
            case Data p -> {
                ByteBuffer out =
                        ByteBuffer.allocate(DATA_HEADER_BYTES + p.payload().remaining());
                encodeDataHeader(p.block(), out);
                yield out.put(p.payload().duplicate()).flip();
            }
            case Ack p -> header(Opcode.ACK, p.block().value(), 0).flip();
            case ErrorPacket p -> {
                byte[] message = p.message().getBytes(UTF_8);
                ByteBuffer out = header(Opcode.ERROR, p.code().value(), message.length + 1);
                yield out.put(message).put((byte) 0).flip();
            }
            case OptionAck p -> texts(Opcode.OPTION_ACK, optionTexts(p.options(), new ArrayList<>()));
        };
    }

    /** Writes the {@value #DATA_HEADER_BYTES} bytes before a payload that the caller sends without copying it here. */
    public static void encodeDataHeader(BlockNumber block, ByteBuffer out) {
        out.putShort((short) Opcode.DATA.code());
        out.putShort((short) block.value());
    }

    private static ByteBuffer request(Opcode opcode, String filename, TransferMode mode, List<TftpOption> options) {
        List<String> texts = new ArrayList<>();
        texts.add(filename);
        texts.add(mode.wireName());
        return texts(opcode, optionTexts(options, texts));
    }

    private static List<String> optionTexts(List<TftpOption> options, List<String> texts) {
        for (TftpOption option : options) {
            texts.add(option.name());
            texts.add(option.value());
        }
        return texts;
    }

    private static ByteBuffer texts(Opcode opcode, List<String> texts) {
        List<byte[]> encoded = texts.stream().map(text -> text.getBytes(UTF_8)).toList();
        int length = encoded.stream().mapToInt(bytes -> bytes.length + 1).sum();
        ByteBuffer out = ByteBuffer.allocate(2 + length);
        out.putShort((short) opcode.code());
        encoded.forEach(bytes -> out.put(bytes).put((byte) 0));
        return out.flip();
    }

    private static ByteBuffer header(Opcode opcode, int number, int more) {
        return ByteBuffer.allocate(4 + more).putShort((short) opcode.code()).putShort((short) number);
    }
}
