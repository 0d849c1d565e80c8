package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a fuzzer's bytes mean to a transfer. Any bytes are a script:
 *
 * <pre>
 *   ┌───────────┬────────────┬───────┬────────┬──────────────────────────────
 *   │ blksize-8 │ windowsize │ flags │ size   │ steps: kind (1), argument (2)
 *   │ 1 byte    │ 1 byte     │ 1     │ 2      │
 *   └───────────┴────────────┴───────┴────────┴──────────────────────────────
 *    flags: 1 options agreed, 2 size unknown, 4 rollover to 1
 * </pre>
 */
final class FuzzScript {

    private final ByteBuffer bytes;

    FuzzScript(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    /** The next number of one byte; 0 beyond the end. */
    int one() {
        return bytes.hasRemaining() ? Byte.toUnsignedInt(bytes.get()) : 0;
    }

    /** The next number of two bytes. */
    int two() {
        return one() << 8 | one();
    }

    /** What the script begins with. */
    record Setting(TransferTerms terms, TransferSize size) {}

    Setting setting() {
        int blockSize = 8 + one();
        int windowSize = 1 + one() % 64;
        int flags = one();
        List<TftpOption> oack = (flags & 1) == 0 ? List.of() : List.of(new TftpOption(TftpOption.BLKSIZE, "9"));
        BlockRollover rollover = (flags & 4) == 0 ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE;
        int size = two();
        return new Setting(
                new TransferTerms(blockSize, windowSize, Lockstep.TWO_RETRIES, rollover, oack),
                (flags & 2) == 0 ? new TransferSize(size) : TransferSize.UNKNOWN);
    }

    /** The next step. Of a block number the argument's low byte is a distance from {@code near}, or it stands alone. */
    Input input(TransferTerms terms, long near) {
        int kind = one();
        int argument = two();
        int block = (argument & 0x100) == 0 ? terms.wireNumber(Math.max(0, near + (byte) argument)) : argument;
        return switch (kind % 16) {
            case 0 -> new Input.TimerFired(false);
            case 1, 2 -> new Input.TimerFired(true);
            case 3 -> new Input.SourceEnded(argument);
            case 4 -> new Input.SourceFailed("gone");
            case 5 -> new Input.Committed();
            case 6 -> new Input.CommitFailed(new ErrorCode(argument), "full");
            case 7 -> argument < 0x4000 ? new Input.Replaced() : new Input.Cancelled("enough");
            case 8 -> packet(argument % 64);
            case 9 -> data(block, argument % (terms.blockSize() + 2));
            case 10, 11, 12 -> data(block, terms.blockSize());
            default -> new Input.PacketReceived(new TftpPacket.Ack(new BlockNumber(block)));
        };
    }

    private static Input data(int block, int length) {
        return new Input.PacketReceived(new TftpPacket.Data(new BlockNumber(block), ByteBuffer.allocate(length)));
    }

    /** Whatever packet the next bytes are; the timer if they are none. */
    private Input packet(int length) {
        byte[] datagram = new byte[Math.min(length, bytes.remaining())];
        bytes.get(datagram);
        return TftpPacketCodec.decode(ByteBuffer.wrap(datagram)) instanceof TftpPacket packet
                ? new Input.PacketReceived(packet)
                : new Input.TimerFired(false);
    }
}
