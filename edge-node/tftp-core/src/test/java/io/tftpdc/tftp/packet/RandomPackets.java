package io.tftpdc.tftp.packet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Packets of every kind. */
public final class RandomPackets {

    private RandomPackets() {}

    public static TftpPacket packet(Random random) {
        return switch (anyOf(random, Opcode.values())) {
            case READ_REQUEST -> new TftpPacket.ReadRequest(text(random, 1), mode(random), options(random));
            case WRITE_REQUEST -> new TftpPacket.WriteRequest(text(random, 1), mode(random), options(random));
            case DATA -> new TftpPacket.Data(block(random), ByteBuffer.wrap(bytes(random, random.nextInt(600))));
            case ACK -> new TftpPacket.Ack(block(random));
            case ERROR -> new TftpPacket.ErrorPacket(new ErrorCode(random.nextInt(0x10000)), text(random, 0));
            case OPTION_ACK -> new TftpPacket.OptionAck(options(random));
        };
    }

    public static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static <T> T anyOf(Random random, T[] values) {
        return List.of(values).get(random.nextInt(values.length));
    }

    private static BlockNumber block(Random random) {
        return new BlockNumber(random.nextInt(0x10000));
    }

    private static TransferMode mode(Random random) {
        return anyOf(random, TransferMode.values());
    }

    private static List<TftpOption> options(Random random) {
        List<TftpOption> options = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            options.add(new TftpOption(text(random, 1), text(random, 0)));
        }
        return options;
    }

    /** Any characters but NUL and lone surrogates, which UTF-8 cannot carry. */
    private static String text(Random random, int shortest) {
        StringBuilder text = new StringBuilder();
        for (int i = shortest + random.nextInt(20); i > 0; i--) {
            int codePoint = 1 + random.nextInt(random.nextBoolean() ? 0x7F : 0xD7FE);
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }
}
